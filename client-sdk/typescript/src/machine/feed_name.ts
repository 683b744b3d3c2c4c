// Names of feeds: `public|ops|marshal/CAMPAIGN/MARCH`, `overview|desk/CAMPAIGN`.
import type { FeedKind, FeedStates } from '../fold/feed_fold.js';

/** The name of a feed. Campaigns and marches are slugs: 1 to 63 of `a-z`, `0-9` and `-`. */
export type FeedName =
  | `public/${string}/${string}`
  | `ops/${string}/${string}`
  | `marshal/${string}/${string}`
  | `overview/${string}`
  | `desk/${string}`;

/** The kind that a feed's name says. */
export type KindOf<Name extends FeedName> = Name extends `${infer Kind extends FeedKind}/${string}` ? Kind : FeedKind;
/** What a feed of this name folds to. */
export type StateOf<Name extends FeedName> = FeedStates[KindOf<Name>];

export interface FeedParts {
  readonly kind: FeedKind;
  readonly campaign: string;
  /** Empty: the feed is of a campaign. */
  readonly march: string;
}

const form = /^(?:(public|ops|marshal)\/([a-z0-9-]{1,63})\/([a-z0-9-]{1,63})|(overview|desk)\/([a-z0-9-]{1,63}))$/;

/** `undefined`: no name of a feed. */
export function partsOf(name: string): FeedParts | undefined {
  const found = form.exec(name);
  if (found === null) return undefined;
  const kind = (found[1] ?? found[4]) as FeedKind;
  return { kind, campaign: found[2] ?? found[5] ?? '', march: found[3] ?? '' };
}

/** The log that commands about this feed are for. */
export function logOf(parts: FeedParts): string {
  return parts.march === '' ? parts.campaign : `${parts.campaign}/${parts.march}`;
}
