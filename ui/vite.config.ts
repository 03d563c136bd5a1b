import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vite';

/** Writes a .br beside every text asset; ui/build.py adds the .gz. */
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
  define: { __LANNER_VERSION__: JSON.stringify(version) },
  plugins: [react(), brotli()],
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
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  test: { environment: 'jsdom', isolate: false, pool: 'threads', maxWorkers: 2, testTimeout: 60_000, include: ['src/**/*.test.{ts,tsx}'] },
});
