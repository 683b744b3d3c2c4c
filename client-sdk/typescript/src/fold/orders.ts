// Orders and receipts in the folds of ops and marshal.
import type { Duty, Member, Order, OrderAudience, OrdersEnded, ReceiptNote, Receipts } from '../gen/messages.js';
import { make } from '../wire/binary.js';
import { copyOf, keepOnly, putInOrder } from './kit.js';

const ordersEndedKept = 24;

function isOnTheStreet(duty: Duty): boolean {
  return duty === 'CHECKED_IN' || duty === 'ON_DUTY' || duty === 'ON_BREAK' || duty === 'HANDOVER_PENDING';
}

function isMeant(audience: OrderAudience | undefined, member: Member): boolean {
  switch (audience?.kind) {
    case 'AUDIENCE_ALL': return true;
    case 'AUDIENCE_ROLE': return member.role === audience.role;
    case 'AUDIENCE_SECTION': return member.section !== 0 && member.section === audience.section;
    case 'AUDIENCE_NAMES': return audience.names.includes(member.person);
    default: return false; // a newer server's
  }
}

/** Where this place of the roster stands, or would stand, among the recipients. */
function placeOf(ordinals: readonly number[], ordinal: number): number {
  let low = 0;
  let high = ordinals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ordinals[middle] ?? 0) < ordinal) low = middle + 1;
    else high = middle;
  }
  return low;
}

function dropNote(receipts: Receipts, ordinal: number): void {
  if (receipts.notes.length > 0) keepOnly(receipts.notes, (note) => note.ordinal !== ordinal);
}

function putNote(receipts: Receipts, note: ReceiptNote): void {
  putInOrder(receipts.notes, copyOf(note), (a, b) => a.ordinal - b.ordinal);
}

/** `undefined` when it is not held: never heard of, or ended. */
export function findOrder(orders: readonly Order[], number: number): Order | undefined {
  return orders.find((order) => order.number === number);
}

/** As the server resolves recipients: on the street, meant, commanded, and not the issuer. */
export function isRecipient(order: Order, member: Member): boolean {
  const comes = (order.audience?.withConfirmed ?? false) && member.duty === 'CONFIRMED';
  return (isOnTheStreet(member.duty) || comes) && member.role !== 'LEGAL_OBSERVER' && member.person !== order.issuer
    && isMeant(order.audience, member);
}

function holdsReceipt(order: Order, ordinal: number): boolean {
  const ordinals = order.receipts?.ordinals ?? [];
  return ordinals[placeOf(ordinals, ordinal)] === ordinal;
}

/** Queued, in its place by ordinal. */
export function addReceipt(order: Order, ordinal: number): void {
  if (holdsReceipt(order, ordinal)) return;
  const receipts = (order.receipts ??= make('Receipts'));
  const place = placeOf(receipts.ordinals, ordinal);
  receipts.ordinals.splice(place, 0, ordinal);
  receipts.states.splice(place, 0, 'RECEIPT_QUEUED');
}

/** Of those that the order holds. */
export function moveReceipts(order: Order, moved: Receipts | undefined): void {
  if (moved === undefined || order.receipts === undefined) return;
  const receipts = order.receipts;
  moved.ordinals.forEach((ordinal, at) => {
    const state = moved.states[at];
    if (state === undefined || !holdsReceipt(order, ordinal)) return;
    receipts.states[placeOf(receipts.ordinals, ordinal)] = state;
    dropNote(receipts, ordinal);
  });
  for (const note of moved.notes) {
    if (holdsReceipt(order, note.ordinal)) putNote(receipts, note);
  }
}

export function dropReceipt(order: Order, ordinal: number): void {
  if (order.receipts === undefined || !holdsReceipt(order, ordinal)) return;
  const place = placeOf(order.receipts.ordinals, ordinal);
  order.receipts.ordinals.splice(place, 1);
  order.receipts.states.splice(place, 1);
  dropNote(order.receipts, ordinal);
  if (order.receipts.ordinals.length === 0) order.receipts = undefined;
}

export function shiftOrders(orders: readonly Order[], byMs: number): void {
  for (const order of orders) {
    if (order.state === 'ORDER_OPEN') order.deadlineMs += byMs;
  }
}

/** They stay, as many as the server keeps. */
export function endOrders(orders: Order[], event: OrdersEnded): void {
  for (const order of orders) {
    if (!event.orders.includes(order.number)) continue;
    order.state = event.state;
    order.supersededBy = event.supersededBy;
  }
  let tooMany = orders.filter((order) => order.state !== 'ORDER_OPEN').length - ordersEndedKept;
  keepOnly(orders, (order) => order.state === 'ORDER_OPEN' || tooMany-- <= 0);
}

export function eraseOrders(orders: Order[], event: OrdersEnded): void {
  keepOnly(orders, (order) => !event.orders.includes(order.number));
}

/** The words of this order (0: of none) described a child that is found. */
export function forgetWords(orders: readonly Order[], number: number): void {
  const order = number === 0 ? undefined : findOrder(orders, number);
  if (order === undefined) return;
  order.text = '';
  order.parameters = [];
}
