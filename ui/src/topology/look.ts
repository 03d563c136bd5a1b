/** How the boxes look in a run: given by whoever knows the run. */
import type { StateName } from '@/api/types';
import type { Item } from './structure';

export interface Look {
  state?: StateName;
  /** Beside the type: a duration, "3 of 10". */
  note?: string;
  /** Of a loop: how many runs are in each state. */
  counts?: [StateName, number][];
}
export type LookOf = (item: Item) => Look;
export const PLAIN: LookOf = () => ({});
