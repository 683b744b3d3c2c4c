// The Protobuf JSON mapping of the same messages: for logs, tests and what people write by hand.
import type { Messages } from '../gen/messages.js';
import { fromBase64, toBase64 } from './base64.js';
import { blank, isSaid, shapeOf, valueOf, wordsOf, type Field, type Fields, type Shape } from './shapes.js';

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

function jsonOfOne(field: Field, value: unknown): Json {
  switch (field.letter) {
    case 'm': return jsonOf(shapeOf(field.type), value as Fields);
    case 'y': return toBase64(value as Uint8Array);
    case 'I':
    case 'U':
    case 'F': return String(value);
    case 'd': return Number.isFinite(value) ? (value as number) : String(value);
    case 'e': return typeof value === 'number' ? value : (value as string);
    default: return value as Json;
  }
}

function jsonOf(shape: Shape, message: Fields): Json {
  const json: { [name: string]: Json } = {};
  for (const field of shape.fields) {
    const value = valueOf(message, field);
    if (!isSaid(field, value)) continue;
    json[field.name] = field.isRepeated
      ? (value as unknown[]).map((one) => jsonOfOne(field, one))
      : jsonOfOne(field, value);
  }
  return json;
}

function wrong(path: string, wanted: string): never {
  throw new TypeError(`${path}: ${wanted} is wanted here`);
}

function integer(value: unknown, low: number, high: number, path: string): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < low || number > high) {
    wrong(path, `a whole number from ${low} to ${high}`);
  }
  return number;
}

function big(value: unknown, path: string): bigint {
  const text = typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  if (!/^\d{1,20}$/.test(text)) wrong(path, 'a whole number, as bigint or text');
  return BigInt.asUintN(64, BigInt(text));
}

function valueOfJson(field: Field, value: unknown, path: string): unknown {
  switch (field.letter) {
    case 'm': return messageOf(shapeOf(field.type), value, path);
    case 'd': return typeof value === 'number' ? value : wrong(path, 'a number');
    case 'I': return integer(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, path);
    case 'U':
    case 'F': return big(value, path);
    case 'u':
    case 'f': return integer(value, 0, 0xffffffff, path);
    case 'j': return integer(value, -0x80000000, 0x7fffffff, path);
    case 'b': return typeof value === 'boolean' ? value : wrong(path, 'true or false');
    case 's': return typeof value === 'string' ? value : wrong(path, 'a text');
    case 'y': return value instanceof Uint8Array ? value : fromBase64(value) ?? wrong(path, 'bytes, or base64');
    case 'e': {
      const known = wordsOf(field.type);
      if (typeof value === 'number' && Number.isInteger(value)) return known.byNumber.get(value) ?? value;
      return typeof value === 'string' && known.byName.has(value) ? value : wrong(path, `a word of ${field.type}`);
    }
  }
}

function messageOf(shape: Shape, json: unknown, path: string): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) wrong(path, `a ${shape.name}`);
  const message = blank(shape);
  for (const [name, value] of Object.entries(json)) {
    if (value === undefined || value === null) continue;
    const field = shape.byName.get(name);
    const at = path === '' ? name : `${path}.${name}`;
    if (field === undefined) wrong(at, `a field of ${shape.name}`);
    if (field.isRepeated) {
      if (!Array.isArray(value)) wrong(at, 'a list');
      message[name] = value.map((one: unknown, place) => valueOfJson(field, one, `${at}[${place}]`));
    } else {
      const read = valueOfJson(field, value, at);
      if (field.oneof === '') message[name] = read;
      else message[field.oneof] = { case: name, value: read };
    }
  }
  return message;
}

/** The JSON mapping of a message: 64-bit numbers as text, bytes as base64, what is at its default left out. */
export function toJson<Name extends keyof Messages>(name: Name, message: Messages[Name]): Json {
  return jsonOf(shapeOf(name), message as unknown as Fields);
}

/**
 * The reverse. Takes bigint and bytes as they are, too; names every field that it does not know.
 * @throws TypeError with the path of what is wrong.
 */
export function fromJson<Name extends keyof Messages>(name: Name, json: unknown): Messages[Name] {
  return messageOf(shapeOf(name), json, '') as unknown as Messages[Name];
}
