// Reads messages that our encoder wrote with apache-arrow, and writes some for our decoder.
//
//   node schema.mjs MODULES read    stdin: a JSON array of base64; stdout: an array of what each holds, in the text
//                                         form of schemas, or {"error": ...}
//   node schema.mjs MODULES write   stdout: an array of [text, base64], one for each type that the library has
//
// The text form is made here from the library's own objects, so that two programs have to agree on it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [modules, what] = process.argv.slice(2);
const arrow = createRequire(join(modules, 'x.js'))('apache-arrow');
const { Message } = createRequire(join(modules, 'x.js'))('apache-arrow/ipc/metadata/message');
const { Type, DateUnit, IntervalUnit, UnionMode } = arrow;

const UNITS = ['s', 'ms', 'us', 'ns'];

const nameText = (name) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name));

function metadataText(metadata) {
  const entries = [...metadata].map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `metadata {${entries.join(', ')}}`;
}

function attributes(field, nullable = true) {
  const nulls = field.nullable === nullable ? '' : field.nullable ? ' null' : ' not null';
  return nulls + (field.metadata.size > 0 ? ` ${metadataText(field.metadata)}` : '');
}

function fieldText(field) {
  return `${nameText(field.name)} ${typeText(field.type)}${attributes(field)}`;
}

function element(field, usual, nullable) {
  const text = typeText(field.type) + attributes(field, nullable);
  return field.name === usual ? text : `${nameText(field.name)} ${text}`;
}

function typeText(type) {
  const inner = type.children ?? [];
  switch (type.typeId) {
    case Type.Null: return 'null';
    case Type.Bool: return 'bool';
    case Type.Int: return `${type.isSigned ? '' : 'u'}int${type.bitWidth}`;
    case Type.Float: return `float${[16, 32, 64][type.precision]}`;
    case Type.Utf8: return 'utf8';
    case Type.LargeUtf8: return 'large_utf8';
    case Type.Utf8View: return 'utf8_view';
    case Type.Binary: return 'binary';
    case Type.LargeBinary: return 'large_binary';
    case Type.BinaryView: return 'binary_view';
    case Type.Decimal: return `decimal${type.bitWidth === 128 ? '' : type.bitWidth}(${type.precision}, ${type.scale})`;
    case Type.Date: return type.unit === DateUnit.DAY ? 'date32' : 'date64';
    case Type.Time: return `time${type.bitWidth}[${UNITS[type.unit]}]`;
    case Type.Timestamp: return `timestamp[${UNITS[type.unit]}${type.timezone ? `, ${type.timezone}` : ''}]`;
    case Type.Interval: return `interval[${IntervalUnit[type.unit].toLowerCase()}]`;
    case Type.Duration: return `duration[${UNITS[type.unit]}]`;
    case Type.FixedSizeBinary: return `fixed_size_binary(${type.byteWidth})`;
    case Type.List: return `list<${element(inner[0], 'item')}>`;
    case Type.LargeList: return `large_list<${element(inner[0], 'item')}>`;
    case Type.FixedSizeList: return `fixed_size_list<${element(inner[0], 'item')}, ${type.listSize}>`;
    case Type.Struct: return `struct<${inner.map(fieldText).join(', ')}>`;
    case Type.Map: {
      const [key, value] = inner[0].type.children;
      return `map<${element(key, 'key', false)}, ${element(value, 'value')}${type.keysSorted ? ', sorted' : ''}>`;
    }
    case Type.Union: {
      const members = inner.map((field, i) => `${type.typeIds[i] === i ? '' : `${type.typeIds[i]}: `}${fieldText(field)}`);
      return `${type.mode === UnionMode.Dense ? 'dense' : 'sparse'}_union<${members.join(', ')}>`;
    }
    case Type.Dictionary: {
      const index = typeText(type.indices);
      const more = (type.isOrdered ? ', ordered' : '') + (type.id === 0 ? '' : `, id ${type.id}`);
      return `dictionary<${index}, ${typeText(type.dictionary)}${more}>`;
    }
    default: throw new Error(`no text for type ${type.typeId}`);
  }
}

function read(base64) {
  try {
    const message = new arrow.MessageReader(Buffer.from(base64, 'base64')).readMessage();
    const schema = message.header();
    const metadata = schema.metadata.size > 0 ? `; ${metadataText(schema.metadata)}` : '';
    return schema.fields.map(fieldText).join(', ') + metadata;
  } catch (error) {
    return { error: error.message };
  }
}

function write(type, nullable = true, metadata = new Map()) {
  const schema = new arrow.Schema([new arrow.Field('f', type, nullable, metadata)], new Map(metadata));
  const bytes = Message.encode(Message.from(schema, 0));
  const whole = Buffer.alloc((bytes.byteLength + 15) & ~7);
  whole.writeInt32LE(-1, 0);
  whole.writeInt32LE(whole.length - 8, 4);
  Buffer.from(bytes).copy(whole, 8);
  const end = metadata.size > 0 ? `; ${metadataText(metadata)}` : '';
  return [fieldText(schema.fields[0]) + end, whole.toString('base64')];
}

function all() {
  const { Field, TimeUnit } = arrow;
  const item = (type, nullable = true) => new Field('item', type, nullable);
  const units = [TimeUnit.SECOND, TimeUnit.MILLISECOND, TimeUnit.MICROSECOND, TimeUnit.NANOSECOND];
  const entries = new arrow.Struct([new Field('key', new arrow.Utf8(), false), new Field('value', new arrow.Int32(), true)]);
  const types = [
    new arrow.Null(), new arrow.Bool(), new arrow.Int8(), new arrow.Int16(), new arrow.Int32(), new arrow.Int64(),
    new arrow.Uint8(), new arrow.Uint16(), new arrow.Uint32(), new arrow.Uint64(),
    new arrow.Float16(), new arrow.Float32(), new arrow.Float64(), new arrow.Utf8(), new arrow.LargeUtf8(),
    new arrow.Binary(), new arrow.LargeBinary(), new arrow.DateDay(), new arrow.DateMillisecond(),
    new arrow.TimeSecond(), new arrow.TimeMillisecond(), new arrow.TimeMicrosecond(), new arrow.TimeNanosecond(),
    ...units.map((unit) => new arrow.Timestamp(unit, null)), ...units.map((unit) => new arrow.Timestamp(unit, 'Europe/Berlin')),
    ...units.map((unit) => new arrow.Duration(unit)), new arrow.IntervalYearMonth(), new arrow.IntervalDayTime(), new arrow.IntervalMonthDayNano(),
    new arrow.Utf8View(), new arrow.BinaryView(), new arrow.LargeList(item(new arrow.Utf8())),
    new arrow.Decimal(2, 10, 128), new arrow.Decimal(-3, 38, 128), new arrow.Decimal(0, 76, 256),
    new arrow.FixedSizeBinary(16), new arrow.List(item(new arrow.Utf8())), new arrow.List(item(new arrow.Int64(), false)),
    new arrow.FixedSizeList(128, item(new arrow.Float32())),
    new arrow.Struct([new Field('x', new arrow.Float64(), true), new Field('y', new arrow.Float64(), false)]),
    new arrow.Map_(new Field('entries', entries, false), false), new arrow.Map_(new Field('entries', entries, false), true),
    new arrow.DenseUnion([5, 7], [new Field('a', new arrow.Int32(), true), new Field('b', new arrow.Utf8(), true)]),
    new arrow.SparseUnion([0, 1], [new Field('a', new arrow.Int32(), true), new Field('b', new arrow.Utf8(), true)]),
    new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32(), 0, true), new arrow.Dictionary(new arrow.Utf8(), new arrow.Uint8(), 7, false),
  ];
  const written = types.map((type) => write(type));
  written.push(write(new arrow.Utf8(), false, new Map([['k', 'v'], ['ü', '"']])));
  return written;
}

const answer = what === 'read' ? JSON.parse(readFileSync(0, 'utf8')).map(read) : all();
process.stdout.write(JSON.stringify(answer));
