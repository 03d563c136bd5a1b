import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vite';

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(join(folder, name)).isFile()).map((name) => name.replaceAll('\\', '/')).sort();
}

const DOCS = new URL('../docs', import.meta.url).pathname;
/** The documentation a server brings along: everything but why it is built as it is. */
const told = filesBelow(DOCS).filter((name) => /\.(md|png|yml)$/.test(name) && !name.startsWith('decisions/'))
  .map((name) => ({ name, content: readFileSync(join(DOCS, name)) }));
const pages = told.filter(({ name }) => name.endsWith('.md')).map(({ content }) => content.toString()).join();
/** Without the pictures that only the page of the repository shows. */
const docs = told.filter(({ name }) => !name.endsWith('.png') || pages.includes(name));
const docsHash = docs.reduce((hash, { name, content }) => hash.update(name).update(content), createHash('sha256')).digest('hex').slice(0, 8);

/** Puts the documentation beside the pages as it is, with a list of its files and their titles. */
function documentation(): Plugin {
  return {
    name: 'documentation',
    apply: 'build',
    generateBundle() {
      for (const { name, content } of docs) this.emitFile({ type: 'asset', fileName: `docs/${name}`, source: content });
      const listed = docs.map(({ name, content }) => ({ path: name, title: name.endsWith('.md') ? (/^# (.+)$/m.exec(content.toString())?.[1] ?? name) : '' }));
      this.emitFile({ type: 'asset', fileName: 'docs/contents.json', source: JSON.stringify(listed) });
    },
  };
}

/** Writes a .br beside every text asset; ui/build.py adds the .gz, which is enough for the pages of the documentation. */
function brotli(): Plugin {
  let folder = '';
  return {
    name: 'brotli',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      const assets = join(folder, 'assets');
      for (const name of readdirSync(assets)) {
        const path = join(assets, name);
        if (/\.(js|css|svg)$/.test(name) && statSync(path).size > 512) {
          const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
          writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), { params }));
        }
      }
    },
  };
}

/** Lanner's own version; the server tells that of the API it speaks. */
const version = /^version = "([^"]+)"/m.exec(readFileSync(new URL('../pyproject.toml', import.meta.url), 'utf8'))?.[1] ?? '';

export default defineConfig({
  base: '/ui/',
  define: { __LANNER_VERSION__: JSON.stringify(version), __DOCS__: JSON.stringify(docsHash) },
  plugins: [react(), documentation(), brotli()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2022',
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    outDir: 'dist',
    rolldownOptions: {
      output: {
        // What most pages share travels in one file: a request each for thirty small ones costs more than their bytes.
        codeSplitting: {
          groups: [
            {
              name: 'start',
              test: (id) => /rolldown.runtime|src[\\/](app|api|format|ui|execution[\\/]useOther)([\\/](?!Markdown|Palette|SmallMenu|KeyboardHelp|ReLogin|rows)|\.)|node_modules[\\/]@tanstack[\\/](react-query|query-core)|@mantine[\\/]hooks|@mantine[\\/]core[\\/].*(SegmentedControl|FloatingIndicator)/.test(id),
            },
            { name: 'lists', test: /src[\\/](filters|executions[\\/]listed|ui[\\/]rows)/, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/ui/docs/': 'http://127.0.0.1:8080' } },
  test: { environment: 'jsdom', isolate: false, pool: 'threads', maxWorkers: 2, testTimeout: 60_000, include: ['src/**/*.test.{ts,tsx}'] },
});
