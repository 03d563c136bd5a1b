import { expect, test } from 'vitest';
import { asCommand, asCurl, asPython, isGoodLabel, type Start } from './request';

const START: Start = {
  namespace: 'company.team', id: 'etl', values: { who: "it's me", n: '3' }, labels: [{ key: 'team', value: 'data' }, { key: '', value: '' }], scheduleDate: '',
};
const HERE = 'http://127.0.0.1:8080';

test('the command for curl survives quotes', () => {
  expect(asCurl(START, HERE)).toBe(
    `curl -X POST -u "$USER_NAME:$PASSWORD" \\\n  --form-string 'who=it'\\''s me' \\\n  --form-string n=3 \\\n  '${HERE}/api/v1/main/executions/company.team/etl?labels=team%3Adata'`,
  );
});
test('the command line has inputs, labels and the server', () => {
  expect(asCommand(START, HERE)).toBe(
    `lanner execution create company.team etl \\\n  --input 'who=it'\\''s me' \\\n  --input n=3 \\\n  --label team=data \\\n  --server ${HERE}`,
  );
  expect(asCommand({ ...START, scheduleDate: '2030-01-01T10:00' }, HERE)).toContain('# begins at once');
});
test('Python sends the same parts', () => {
  expect(asPython(START, HERE)).toContain('("who", (None, "it\'s me")),');
  expect(asPython({ ...START, values: {} }, HERE)).not.toContain('files=');
});
test.each([
  [{ key: '', value: '' }, true], [{ key: 'a', value: 'b' }, true], [{ key: 'a', value: '' }, false], [{ key: '', value: 'b' }, false],
  [{ key: 'system.x', value: 'b' }, false],
])('label %o is good: %s', (label, good) => expect(isGoodLabel(label)).toBe(good));
