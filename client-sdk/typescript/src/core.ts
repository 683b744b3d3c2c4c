// What both platforms have in common.
export type { EventOf, OfKind, CommandInit, Init, Kept, Reply, Sent } from './shell/client_types.js';
export { WebCryptoKey, type DeviceKey } from './shell/device_key.js';
export { MemoryQueue, type OpenedQueue, type Queue } from './shell/queue.js';
export { redeem, type Invitation, type Redeemed } from './shell/redeem.js';
export type {
  ClientSettings, CommandOptions, FixInit, ResumeFrom, TokenAnswer, TokenProvider,
} from './shell/settings.js';
export type { Dial, Socket, SocketEvents } from './shell/socket.js';
export type { KeptCommand } from './machine/actions.js';
export type * from './machine/events.js';
export type { FeedName, KindOf, StateOf } from './machine/feed_name.js';
export type { FeedKind, FeedState, FeedStates } from './fold/feed_fold.js';
export { pointsOf, type March, type MarchRoute, type MarchWaypoint, type Point } from './fold/march.js';
export { fromJson, toJson, type Json } from './wire/json.js';
export { fromBase64, toBase64, toBase64Url } from './wire/base64.js';
export type * from './gen/messages.js';
