// Makes src/gen/ from proto/: the messages as types, and the same as one compact table that the codec reads. The
// descriptors that Protobuf's own generator embeds are larger than all of this SDK.
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const proto = resolve(here, '../../../proto');
const target = resolve(here, '../src/gen');
const files = ['domain', 'public', 'ops', 'session'].map((name) => `marchwire/v1/${name}.proto`);
const roots = ['ClientMessage', 'ServerMessage', 'PublicSnapshot', 'OpsSnapshot', 'MarshalSnapshot'];

/** Letters of the table for the scalar types of descriptor.proto. */
const letters = { 1: 'd', 3: 'I', 4: 'U', 6: 'F', 7: 'f', 8: 'b', 9: 's', 12: 'y', 13: 'u', 17: 'j' };
const words = { d: 'number', I: 'number', U: 'bigint', F: 'bigint', f: 'number', b: 'boolean', s: 'string',
  y: 'Uint8Array', u: 'number', j: 'number' };

function readDescriptors() {
  const folder = mkdtempSync(join(tmpdir(), 'marchwire-proto-'));
  try {
    const out = join(folder, 'set');
    execFileSync('protoc', [`-I${proto}`, '--include_source_info', `-o${out}`, ...files]);
    return fromBinary(FileDescriptorSetSchema, readFileSync(out));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the proto says about each thing, by its path in the file. */
function commentsOf(file) {
  const found = new Map();
  for (const at of file.sourceCodeInfo.location) {
    const text = (at.leadingComments + ' ' + at.trailingComments).replace(/\s+/g, ' ').trim();
    if (text && !text.startsWith('----')) found.set(at.path.join('.'), text.replaceAll('*/', ''));
  }
  return found;
}

function camel(name) {
  return name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

function readModel(set) {
  const messages = new Map();
  const enums = new Map();
  for (const file of set.file) {
    const comments = commentsOf(file);
    const home = file.name.split('/').pop();
    file.messageType.forEach((message, m) => {
      const oneofs = message.oneofDecl.map((one) => camel(one.name));
      const fields = message.field.map((field, f) => {
        const letter = letters[field.type];
        const type = field.typeName.split('.').pop();
        if (!letter && field.type !== 11 && field.type !== 14) throw new Error(`${message.name}.${field.name}: type`);
        return {
          name: camel(field.name), number: field.number, letter: letter ?? (field.type === 11 ? 'm' : 'e'), type,
          isRepeated: field.label === 3, isOptional: field.proto3Optional,
          oneof: field.proto3Optional || !isInOneof(field) ? '' : oneofs[field.oneofIndex],
          comment: comments.get(`4.${m}.2.${f}`) ?? '',
        };
      });
      fields.sort((a, b) => a.number - b.number);
      messages.set(message.name, { name: message.name, home, fields, comment: comments.get(`4.${m}`) ?? '' });
    });
    file.enumType.forEach((one, e) => {
      const values = one.value.map((value) => ({ name: value.name, number: value.number }));
      enums.set(one.name, { name: one.name, home, values, comment: comments.get(`5.${e}`) ?? '' });
    });
  }
  return { messages, enums };
}

/** oneof_index is 0 where it is absent: presence alone tells. */
function isInOneof(field) {
  return Object.hasOwn(field, 'oneofIndex');
}

function reach({ messages, enums }) {
  const seen = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const field of messages.get(name)?.fields ?? []) if (field.type) visit(field.type);
  };
  roots.forEach(visit);
  return { messages: [...messages.values()].filter((m) => seen.has(m.name)),
    enums: [...enums.values()].filter((e) => seen.has(e.name)) };
}

/** Names that the language, the browser or the client has for other things. */
const renamed = { Error: 'ServerError', Event: 'LogEvent', Reply: 'CommandReply' };
const named = (type) => renamed[type] ?? type;

function typeOf(field) {
  const one = field.letter === 'm' || field.letter === 'e' ? named(field.type) : words[field.letter];
  return field.isRepeated ? `${one}[]` : one;
}

function docOf(field) {
  const said = field.comment ? [field.comment.replace(/\.?$/, '.')] : [];
  if (/AtMs$|^(at|since|from|to|asOf|deadline|made|issued)Ms$|SinceMs$|TimeMs$|ByMs$/.test(field.name)) {
    said.push('Milliseconds since 1970 UTC, by the server\'s clock.');
  } else if (/Ms$/.test(field.name)) {
    said.push('Milliseconds.');
  } else if (/E7$/.test(field.name)) {
    said.push('WGS 84, in 1e-7 degree.');
  } else if (/[mM]etres$/.test(field.name)) {
    said.push('Metres.');
  }
  if (said.length === 0) said.push(`\`${field.name}\`; the default of its type where it was not said.`);
  return said.join(' ');
}

function interfaceOf(message) {
  const lines = [`/** ${message.comment || `The message of this name.`} (\`${message.home}\`) */`];
  lines.push(`export interface ${named(message.name)} {`);
  const oneofs = [...new Set(message.fields.map((field) => field.oneof).filter(Boolean))];
  for (const field of message.fields.filter((one) => !one.oneof)) {
    const mark = field.isOptional || (field.letter === 'm' && !field.isRepeated) ? '?' : '';
    lines.push(`  /** ${docOf(field)} */`, `  ${field.name}${mark}: ${typeOf(field)}${mark ? ' | undefined' : ''};`);
  }
  for (const oneof of oneofs) {
    const arms = message.fields.filter((field) => field.oneof === oneof);
    lines.push('  /** One of these; `undefined`: none, or one of a newer server. */', `  ${oneof}:`);
    for (const arm of arms) lines.push(`    | Arm<'${arm.name}', ${typeOf(arm)}>`);
    lines.push('    | NoArm;');
  }
  lines.push('}');
  return lines.join('\n');
}

function enumOf(one) {
  const names = one.values.map((value) => `  | '${value.name}'`).join('\n');
  return `/** ${one.comment || 'The words of this name.'} A number: a word of a newer server. (\`${one.home}\`) */\n`
    + `export type ${one.name} =\n${names}\n  | number;`;
}

/** `Name field:letterType field=7:letter*`: a number stands where it is not one more than that of the field before. */
function rowOf(message) {
  let last = 0;
  const fields = message.fields.map((field) => {
    const number = field.number === last + 1 ? '' : `=${field.number}`;
    last = field.number;
    const mark = field.isRepeated ? '*' : field.isOptional ? '?' : field.oneof ? `|${field.oneof}` : '';
    return `${field.name}${number}:${field.letter}${field.type}${mark}`;
  });
  return [message.name, ...fields].join(' ');
}

function enumRowOf(one) {
  let last = -1;
  const values = one.values.map((value) => {
    const number = value.number === last + 1 ? '' : `=${value.number}`;
    last = value.number;
    return value.name + number;
  });
  return [one.name, ...values].join(' ');
}

const model = reach(readModel(readDescriptors()));
const commands = model.messages.find((message) => message.name === 'Command').fields
  .filter((field) => field.oneof === 'body');
mkdirSync(target, { recursive: true });
const note = '// Made by tools/generate.mjs from proto/; not to be edited.\n';
const arms = `/** One of several things that a message can hold. */
export interface Arm<Name extends string, Value> {
  /** Which. */
  case: Name;
  /** It. */
  value: Value;
}

/** None of them, or one of a newer server. */
export interface NoArm {
  /** None. */
  case: undefined;
  /** None. */
  value?: undefined;
}`;
writeFileSync(join(target, 'messages.ts'), note + [
  arms,
  ...model.enums.map(enumOf), ...model.messages.map(interfaceOf),
  '/** Every message by its name. */\nexport interface Messages {\n'
    + model.messages.map((m) => `  /** See {@link ${named(m.name)}}. */\n  ${m.name}: ${named(m.name)};`).join('\n') + '\n}',
  '/** What a command can be, by its name. */\nexport interface CommandBodies {\n'
    + commands.map((c) => `  /** See {@link ${c.type}}. */\n  ${c.name}: ${c.type};`).join('\n') + '\n}',
].join('\n\n') + '\n');
writeFileSync(join(target, 'table.ts'), note
  + `/** Messages and their fields, a line each. */\nexport const messageTable =\n  \`${model.messages.map(rowOf).join('\n')}\`;\n`
  + `/** Enumerations and their words, a line each. */\nexport const enumTable =\n  \`${model.enums.map(enumRowOf).join('\n')}\`;\n`);
