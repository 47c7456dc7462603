/** Reads variables of the environment by a schema. */
import { readFileSync } from 'node:fs'
import type { z } from 'zod'

/** Thrown for variables that are missing or wrong: the message has one line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads variables by a schema. An empty variable counts as not set. Each may be given as a file: where `NAME_FILE` is set, the
 * value of `NAME` is what that file holds, without white space around it. So secrets need not be in the environment.
 * @throws {ConfigError} with a line for each that is missing or wrong.
 */
export const readConfig = <Config>(schema: z.ZodObject & z.ZodType<Config>, env: Environment): Config => {
  const given = Object.keys(schema.shape).map((name) => [name, readVariable(name, env)] as const)
  const unreadable = given.flatMap(([, value]) => (value instanceof ConfigError ? [value.message] : []))
  if (unreadable.length > 0) throw new ConfigError(unreadable.join('\n'))
  const set = Object.fromEntries(given.filter(([, value]) => value !== ''))
  const parsed = schema.safeParse(set)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0] ?? '')
    return set[name] === undefined
      ? `${name} is not set: ${describe(schema, name) ?? message}`
      : `${name} is wrong: ${message}`
  })
  throw new ConfigError([...new Set(lines)].join('\n'))
}

/** Empty where it is not set; an error where it can't be had. */
const readVariable = (name: string, env: Environment): string | ConfigError => {
  const [value = '', file = ''] = [env[name], env[`${name}_FILE`]]
  if (file === '') return value
  if (value !== '') return new ConfigError(`${name} and ${name}_FILE are both set: one of them is enough`)
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
