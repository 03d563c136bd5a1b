/** The list of executions looked at last, so that a page of one can lead to the next. */
export interface Place {
  namespace: string;
  flowId: string;
  id: string;
}

let places: readonly Place[] = [];

export const listed = {
  remember(list: readonly Place[]): void {
    places = list;
  },
  around(id: string): { before?: Place; after?: Place } {
    const at = places.findIndex((one) => one.id === id);
    return at < 0 ? {} : { before: places[at - 1], after: places[at + 1] };
  },
};
