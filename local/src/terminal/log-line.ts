/** Log lines for a person: time, level, service, message, the other fields, and the error below. */
import { type Colour, clockTimeOf, type Style, visible } from './style.ts'

/** The levels of pino. A level between two has the name of the lower one. */
const levels: readonly (readonly [from: number, name: string, colour: Colour])[] = [
  [60, 'FATAL', 'red'],
  [50, 'ERROR', 'red'],
  [40, 'WARN', 'yellow'],
  [30, 'INFO', 'green'],
  [20, 'DEBUG', 'dim'],
  [0, 'TRACE', 'dim'],
]

/** Fields that have a place of their own, and the ids of traces, which only a tracing backend needs. */
const notListed = new Set(['level', 'time', 'service', 'msg', 'err', 'stack', 'trace_id', 'span_id'])

/** The text of a JSON log line, without a line end. A line that is not JSON stays as it is, without control characters. */
export const formatLogLine = (json: string, style: Style): string => {
  const line = readObject(json)
  if (!line) return visible(json.trimEnd())
  const [, name, colour] = levels.find(([from]) => Number(line['level'] ?? 30) >= from) ?? levels[0] ?? [0, '', 'dim']
  const parts: readonly (readonly [Colour | null, text: string])[] = [
    ['dim', clockTimeOf(new Date(Number(line['time'])))],
    [colour, name.padEnd(5)],
    ['bold', visible(String(line['service'] ?? ''))],
    [null, visible(String(line['msg'] ?? ''))],
    ['dim', fieldsOf(line)],
  ]
  const first = parts.filter(([, text]) => text !== '').map(([of, text]) => (of ? style(of, text) : text))
  return [first.join('  '), ...detailsOf(line).map((text) => style('dim', `    ${visible(text)}`))].join('\n')
}

const fieldsOf = (line: Readonly<Record<string, unknown>>): string =>
  Object.entries(line)
    .filter(([name]) => !notListed.has(name))
    .map(([name, value]) => visible(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`))
    .join('  ')

const readObject = (json: string): Readonly<Record<string, unknown>> | null => {
  try {
    const value: unknown = JSON.parse(json)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The lines of the error, with its causes. */
const detailsOf = ({ err, stack }: Readonly<Record<string, unknown>>): string[] => [
  ...(typeof stack === 'string' ? stack.split('\n') : []),
  ...errorLines(err),
]

const errorLines = (err: unknown): string[] => {
  if (typeof err === 'string') return err.split('\n')
  if (!isObject(err)) return []
  const { type, message, stack, code, advice, cause } = err
  const text = typeof stack === 'string' ? stack : `${String(type)}: ${String(message)}`
  const [first = '', ...others] = cause === undefined ? [] : errorLines(cause)
  return [
    ...text.split('\n'),
    ...(code === undefined ? [] : [`code: ${String(code)}`]),
    ...(advice === undefined ? [] : [`advice: ${String(advice)}`]),
    ...(first === '' ? [] : [`caused by ${first}`, ...others]),
  ]
}
