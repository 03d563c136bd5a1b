import { expect, test } from 'vitest';
import { csvOf } from './csv';

test('quotes, line ends and what looks like a formula stay text', () => {
  const csv = csvOf([{ timestamp: '2026-01-01T00:00:00Z', level: 'INFO', flowId: 'f', message: 'He said "no",\ntwice' }, { timestamp: 't', level: 'WARN', message: '=1+1' }]);
  expect(csv).toBe(
    'timestamp,level,namespace,flowId,executionId,taskId,triggerId,message\r\n'
    + '"2026-01-01T00:00:00Z","INFO","","f","","","","He said ""no"",\ntwice"\r\n'
    + '"t","WARN","","","","","","\'=1+1"\r\n',
  );
});
