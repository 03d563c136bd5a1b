import { Button, Menu } from '@mantine/core';
import type { Problem, Validation } from '@/api/types';
import { Icon } from '@/ui/Icon';

/** How the flow stands with the server's rules: a word, a count, and each fault a click from its line. */
export function Problems({ problems, warnings, isChecking, isUnreachable, onPick }: {
  problems: Problem[]; warnings?: Validation; isChecking: boolean; isUnreachable: boolean; onPick: (problem: Problem) => void;
}) {
  const notes = [...(warnings?.warnings ?? []), ...(warnings?.deprecationPaths ?? []).map((path) => `${path} is deprecated`), ...(warnings?.infos ?? [])];
  if (isUnreachable) return <span className="quiet" role="status">Not checked: the server does not answer</span>;
  if (problems.length === 0 && notes.length === 0) {
    return <span className="verdict" data-kind="good" role="status">{!isChecking && warnings && <><Icon name="check" size={14} /> Valid</>}</span>;
  }
  const count = problems.length || notes.length;
  const word = problems.length ? (count === 1 ? 'error' : 'errors') : count === 1 ? 'note' : 'notes';
  return (
    <>
      <span className="only-read" role="status">{count} {word}</span>
      <Menu position="bottom-start" width={520}>
        <Menu.Target>
          <Button variant="subtle" className="verdict" data-kind={problems.length ? 'bad' : 'fair'} leftSection={<Icon name="triangle" size={14} />}>{count} {word}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {problems.map((problem) => (
            <Menu.Item key={`${problem.path}${problem.line}${problem.message}`} onClick={() => onPick(problem)}>
              <div className="problem"><span className="quiet">line {problem.line ?? 1}</span> {problem.message}{problem.path && <div className="quiet mono">{problem.path}</div>}</div>
            </Menu.Item>
          ))}
          {notes.map((note) => <Menu.Item key={note} component="div">{note}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
