// The messages of proto/marchwire/v1 as the codec knows them: read once from the generated table.
import { enumTable, messageTable } from '../gen/table.js';

/** `m` message, `e` word of a list; else the scalar types: see tools/generate.mjs. */
export type Letter = 'd' | 'I' | 'U' | 'F' | 'f' | 'b' | 's' | 'y' | 'u' | 'j' | 'm' | 'e';

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly letter: Letter;
  readonly type: string;
  readonly isRepeated: boolean;
  readonly isOptional: boolean;
  /** The choice that it belongs to; empty: to none. */
  readonly oneof: string;
}

export interface Shape {
  readonly name: string;
  /** By number, ascending. */
  readonly fields: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
  readonly byName: ReadonlyMap<string, Field>;
  readonly oneofs: readonly string[];
}

export interface Words {
  readonly byNumber: ReadonlyMap<number, string>;
  readonly byName: ReadonlyMap<string, number>;
}

/** A message while nobody knows its type. */
export type Fields = Record<string, unknown>;
/** What a oneof holds. */
export interface Choice {
  case?: string | undefined;
  value?: unknown;
}

const fieldForm = /^(\w+?)(?:=(\d+))?:(\w)(\w*)(\*|\?|\|(\w+))?$/;

function readShape(line: string): Shape {
  const [name = '', ...rest] = line.split(' ');
  let last = 0;
  const fields = rest.map((text): Field => {
    const [, field = '', number, letter, type = '', mark = '', oneof = ''] = fieldForm.exec(text) ?? [];
    last = number === undefined ? last + 1 : Number(number);
    return {
      name: field, number: last, letter: letter as Letter, type, oneof,
      isRepeated: mark === '*', isOptional: mark === '?',
    };
  });
  return {
    name, fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    byName: new Map(fields.map((field) => [field.name, field])),
    oneofs: [...new Set(fields.map((field) => field.oneof).filter((one) => one !== ''))],
  };
}

function readWords(line: string): [string, Words] {
  const [name = '', ...rest] = line.split(' ');
  const byNumber = new Map<number, string>();
  let last = -1;
  for (const text of rest) {
    const [word = '', number] = text.split('=');
    last = number === undefined ? last + 1 : Number(number);
    byNumber.set(last, word);
  }
  return [name, { byNumber, byName: new Map([...byNumber].map(([number, word]) => [word, number])) }];
}

const shapes = new Map(messageTable.split('\n').map(readShape).map((shape) => [shape.name, shape]));
const words = new Map(enumTable.split('\n').map(readWords));

/** @throws where there is no such message: a fault of this SDK. */
export function shapeOf(name: string): Shape {
  const shape = shapes.get(name);
  if (shape === undefined) throw new TypeError(`no message ${name}`);
  return shape;
}

/** @throws where there is no such enumeration: a fault of this SDK. */
export function wordsOf(name: string): Words {
  const found = words.get(name);
  if (found === undefined) throw new TypeError(`no enumeration ${name}`);
  return found;
}

/** The default of a field that is no message, or an empty list. */
export function blankOf(field: Field): unknown {
  if (field.isRepeated) return [];
  if (field.isOptional) return undefined;
  switch (field.letter) {
    case 'm': return undefined;
    case 'e': return wordsOf(field.type).byNumber.get(0) ?? 0;
    case 's': return '';
    case 'b': return false;
    case 'y': return new Uint8Array(0);
    case 'U':
    case 'F': return 0n;
    default: return 0;
  }
}

/** What nothing can be chosen of; shared, so nobody may write into it. */
const nothing: Choice = Object.freeze({ case: undefined });
const templates = new Map<Shape, { fields: Fields; lists: readonly string[] }>();

function templateOf(shape: Shape): { fields: Fields; lists: readonly string[] } {
  const fields: Fields = {};
  for (const field of shape.fields) {
    if (field.oneof === '') fields[field.name] = blankOf(field);
  }
  for (const oneof of shape.oneofs) fields[oneof] = nothing;
  const made = { fields, lists: shape.fields.filter((field) => field.isRepeated).map((field) => field.name) };
  templates.set(shape, made);
  return made;
}

/** A message with nothing said. */
export function blank(shape: Shape): Fields {
  const { fields, lists } = templates.get(shape) ?? templateOf(shape);
  const message = { ...fields };
  for (const name of lists) message[name] = [];
  return message;
}

/** What a message holds of a field; of a oneof only what was chosen. */
export function valueOf(message: Fields, field: Field): unknown {
  if (field.oneof === '') return message[field.name];
  const choice = message[field.oneof] as Choice | undefined;
  return choice?.case === field.name ? choice.value : undefined;
}

/** True where the field goes on the wire: fields without presence are left out at their default. */
export function isSaid(field: Field, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (field.isRepeated) return (value as unknown[]).length > 0;
  if (field.oneof !== '' || field.isOptional || field.letter === 'm') return true;
  switch (field.letter) {
    case 's': return value !== '';
    case 'b': return value === true;
    case 'y': return (value as Uint8Array).length > 0;
    case 'U':
    case 'F': return value !== 0n;
    case 'e': return value !== 0 && wordsOf(field.type).byName.get(value as string) !== 0;
    case 'd': return value !== 0 || Object.is(value, -0);
    default: return value !== 0;
  }
}
