/** What a new flow begins with. */
const KINDS = ['amber', 'brisk', 'calm', 'early', 'gentle', 'keen', 'lucky', 'plain', 'quick', 'silent', 'steady', 'windy'];
const BIRDS = ['falcon', 'finch', 'heron', 'kestrel', 'lark', 'martin', 'plover', 'robin', 'swift', 'tern', 'wagtail', 'wren'];

const pick = (words: string[], random: () => number): string => words[Math.floor(random() * words.length)] ?? '';

export function newFlow(namespace: string, random: () => number = Math.random): string {
  return `id: ${pick(KINDS, random)}_${pick(BIRDS, random)}_${100 + Math.floor(random() * 900)}
namespace: ${namespace}

tasks:
  - id: hello
    type: io.kestra.plugin.core.log.Log
    message: Hello World!
`;
}

/** The source of a flow under another id, for a copy. */
export const copyOf = (source: string, id: string): string => source.replace(/^id:.*$/m, `id: ${id}_copy`).replace(/^revision:.*\n/m, '');
