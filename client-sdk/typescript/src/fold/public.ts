// What everybody may see: a march, and the rows of overview and desk.
import type { DeskRow, DeskRows, Item, OverviewRow, OverviewRows, PublicSnapshot } from '../gen/messages.js';
import { make } from '../wire/binary.js';
import { putNotice } from './alerts.js';
import { copyOf, type FoldResult } from './kit.js';

export function foldPublic(state: PublicSnapshot, item: Item['item']): FoldResult {
  if (item.case === 'publicColumn') state.column = copyOf(item.value);
  if (item.case !== 'publicItem') return 'folded';
  const change = item.value.item;
  switch (change.case) {
    case 'about': state.about = copyOf(change.value); break;
    case 'phase': state.phase = copyOf(change.value); break;
    case 'route':
      state.route = copyOf(change.value);
      if ((state.closures?.routeVersion ?? 0) !== change.value.version) state.closures = undefined;
      break;
    case 'closures': state.closures = copyOf(change.value); break;
    case 'notice': putNotice(state.notices, change.value); break;
    case 'callsToAction': state.callsToAction = copyOf(change.value.calls); break;
    case undefined: break; // a newer server's: counts as applied
  }
  return 'folded';
}

function byMarch<Row extends { march: string }>(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows.values()].sort((a, b) => (a.march < b.march ? -1 : 1));
}

/** Newest row per march. */
export class OverviewFold {
  readonly #rows = new Map<string, OverviewRow>();
  #campaign = '';
  #name = '';

  apply(change: OverviewRows): void {
    if (change.whole) this.#rows.clear();
    this.#campaign = change.campaign;
    if (change.name !== '') this.#name = change.name;
    for (const row of change.rows) this.#rows.set(row.march, row);
    for (const march of change.gone) this.#rows.delete(march);
  }

  whole(): OverviewRows {
    const rows = byMarch(this.#rows);
    return make('OverviewRows', { campaign: this.#campaign, name: this.#name, whole: true, rows });
  }
}

/** The same for the national desk. */
export class DeskFold {
  readonly #rows = new Map<string, DeskRow>();
  #campaign = '';

  apply(change: DeskRows): void {
    if (change.whole) this.#rows.clear();
    this.#campaign = change.campaign;
    for (const row of change.rows) this.#rows.set(row.march, row);
    for (const march of change.gone) this.#rows.delete(march);
  }

  whole(): DeskRows {
    return make('DeskRows', { campaign: this.#campaign, whole: true, rows: byMarch(this.#rows) });
  }
}
