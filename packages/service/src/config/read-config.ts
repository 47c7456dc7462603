import { readFileSync } from 'node:fs'
import type { z } from 'zod'

/** Thrown for missing or wrong variables. The message has one line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads variables by a schema. An empty variable counts as not set. If `NAME_FILE` is set, the value of `NAME` is the
 * content of that file, without surrounding white space, so that secrets need not be in the environment.
 * @throws {ConfigError} with a line for each variable that is missing or wrong.
 */
export const readConfig = <Config>(schema: z.ZodObject & z.ZodType<Config>, env: Environment): Config => {
  const given = Object.keys(schema.shape).map((name) => [name, readVariable(name, env)] as const)
  const set = Object.fromEntries(given.filter(([, value]) => value !== ''))
  const unreadable = new Map(
    given.flatMap(([name, value]) => (value instanceof ConfigError ? [[name, value.message] as const] : [])),
  )
  const parsed = schema.safeParse(set)
  if (parsed.success && unreadable.size === 0) return parsed.data
  const lines = (parsed.error?.issues ?? []).map(({ path, message }) => {
    if (path.length === 0) return message // of a check of several variables
    const name = String(path[0])
    const wrong = set[name] === undefined ? `is not set: ${describe(schema, name) ?? message}` : `is wrong: ${message}`
    return unreadable.get(name) ?? `${name} ${wrong}`
  })
  throw new ConfigError([...new Set([...unreadable.values(), ...lines])].join('\n'))
}

/** Empty if it is not set. An error if its file can't be read. */
const readVariable = (name: string, env: Environment): string | ConfigError => {
  const [value = '', file = ''] = [env[name], env[`${name}_FILE`]]
  if (file === '') return value
  if (value !== '') return new ConfigError(`${name} and ${name}_FILE are both set: set only one of them`)
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    return new ConfigError(`${name}_FILE is wrong: ${error instanceof Error ? error.message : error}`)
  }
}

const describe = ({ shape }: z.ZodObject, name: string): string | undefined => {
  const field: z.ZodType | undefined = shape[name]
  return field?.description
}
