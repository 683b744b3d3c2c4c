// Protobuf bytes to plain objects and back, by the table. Fields that are not known are skipped.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Messages } from '../gen/messages.js';
import { blank, isSaid, shapeOf, valueOf, wordsOf, type Choice, type Field, type Fields, type Letter, type Shape } from './shapes.js';

/** Deeper than any message of the proto; a deeper one is an attack on the stack. */
const depthMax = 32;

const wireTypes: Record<Letter, WireType> = {
  d: WireType.Bit64, F: WireType.Bit64, f: WireType.Bit32, s: WireType.LengthDelimited, y: WireType.LengthDelimited,
  m: WireType.LengthDelimited, I: WireType.Varint, U: WireType.Varint, b: WireType.Varint, u: WireType.Varint,
  j: WireType.Varint, e: WireType.Varint,
};

/** A list of numbers may come as one field. */
function mayBePacked(letter: Letter): boolean {
  return wireTypes[letter] !== WireType.LengthDelimited;
}

function readOne(reader: BinaryReader, field: Field): unknown {
  switch (field.letter) {
    case 'd': return reader.double();
    case 'I': return Number(reader.int64());
    case 'U': return BigInt(reader.uint64());
    case 'F': return BigInt(reader.fixed64());
    case 'f': return reader.fixed32();
    case 'b': return reader.bool();
    case 's': return reader.string();
    case 'y': return reader.bytes().slice();
    case 'u': return reader.uint32();
    case 'j': return reader.sint32();
    case 'e': {
      const number = reader.int32();
      return wordsOf(field.type).byNumber.get(number) ?? number;
    }
    case 'm': throw new TypeError('a message is read elsewhere');
  }
}

function readMessage(reader: BinaryReader, shape: Shape, into: Fields, end: number, depth: number): void {
  if (depth > depthMax) throw new RangeError('a message that is too deep');
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = shape.byNumber.get(number);
    if (field === undefined) {
      reader.skip(wireType, number);
    } else if (field.isRepeated && wireType === WireType.LengthDelimited && mayBePacked(field.letter)) {
      const list = into[field.name] as unknown[];
      const stop = reader.uint32() + reader.pos;
      if (stop > end) throw new RangeError('a list that is longer than its message');
      while (reader.pos < stop) list.push(readOne(reader, field));
    } else if (wireType !== wireTypes[field.letter]) {
      reader.skip(wireType, number);
    } else {
      readField(reader, field, into, end, depth);
    }
  }
  if (reader.pos !== end) throw new RangeError('a field that is longer than its message');
}

function readField(reader: BinaryReader, field: Field, into: Fields, end: number, depth: number): void {
  let value: unknown;
  if (field.letter === 'm') {
    const stop = reader.uint32() + reader.pos;
    if (stop > end) throw new RangeError('a message that is longer than what it is in');
    const shape = shapeOf(field.type);
    // Said twice: the second is laid over the first.
    const known = field.isRepeated ? undefined : (valueOf(into, field) as Fields | undefined);
    const inner = known ?? blank(shape);
    readMessage(reader, shape, inner, stop, depth + 1);
    value = inner;
  } else {
    value = readOne(reader, field);
  }
  if (field.isRepeated) (into[field.name] as unknown[]).push(value);
  else if (field.oneof !== '') into[field.oneof] = { case: field.name, value } satisfies Choice;
  else into[field.name] = value;
}

function writeOne(writer: BinaryWriter, field: Field, value: unknown): void {
  switch (field.letter) {
    case 'd': writer.double(value as number); break;
    case 'I': writer.int64(BigInt(Math.trunc(value as number))); break;
    case 'U': writer.uint64(value as bigint); break;
    case 'F': writer.fixed64(value as bigint); break;
    case 'f': writer.fixed32(value as number); break;
    case 'b': writer.bool(value as boolean); break;
    case 's': writer.string(value as string); break;
    case 'y': writer.bytes(value as Uint8Array); break;
    case 'u': writer.uint32(value as number); break;
    case 'j': writer.sint32(value as number); break;
    case 'e': writer.int32(typeof value === 'number' ? value : wordsOf(field.type).byName.get(value as string) ?? 0); break;
    case 'm':
      writer.fork();
      writeMessage(writer, shapeOf(field.type), value as Fields);
      writer.join();
  }
}

function writeMessage(writer: BinaryWriter, shape: Shape, message: Fields): void {
  for (const field of shape.fields) {
    const value = valueOf(message, field);
    if (!isSaid(field, value)) continue;
    if (!field.isRepeated) {
      writeOne(writer.tag(field.number, wireTypes[field.letter]), field, value);
    } else if (mayBePacked(field.letter)) {
      writer.tag(field.number, WireType.LengthDelimited).fork();
      for (const one of value as unknown[]) writeOne(writer, field, one);
      writer.join();
    } else {
      for (const one of value as unknown[]) writeOne(writer.tag(field.number, wireTypes[field.letter]), field, one);
    }
  }
}

/**
 * The message that these bytes are.
 * @throws where they are none: callers at the border catch it.
 */
export function decode<Name extends keyof Messages>(name: Name, bytes: Uint8Array): Messages[Name] {
  const shape = shapeOf(name);
  const message = blank(shape);
  // A slice of a Buffer of Node's would be no copy.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  readMessage(new BinaryReader(plain, decodeText), shape, message, plain.length, 0);
  return message as unknown as Messages[Name];
}

/**
 * The bytes of a message.
 * @throws where a number does not fit its field.
 */
export function encode<Name extends keyof Messages>(name: Name, message: Messages[Name]): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writeMessage(writer, shapeOf(name), message as unknown as Fields);
  return writer.finish() as Uint8Array<ArrayBuffer>;
}

/** A message with nothing said, or with these fields. */
export function make<Name extends keyof Messages>(name: Name, fields: Partial<Messages[Name]> = {}): Messages[Name] {
  return Object.assign(blank(shapeOf(name)), fields) as unknown as Messages[Name];
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const shortText = 24;

/** Most texts are a few letters of ASCII, for which a decoder's call costs more than the work. */
function decodeText(bytes: Uint8Array): string {
  if (bytes.length > shortText) return utf8.decode(bytes);
  let text = '';
  for (const byte of bytes) {
    if (byte > 0x7f) return utf8.decode(bytes);
    text += String.fromCharCode(byte);
  }
  return text;
}
