/** The descriptions of variables for `--help` and docs/configuration.md, from the schema that checks them. */
import { z } from 'zod'

interface Variable {
  readonly name: string
  readonly description: string
  /** The allowed values, if they are a few words or a range of numbers. Otherwise empty. */
  readonly values: string
  /** The default as a user would write it. Null if the variable is required. */
  readonly defaultValue: string | null
}

export const variablesOf = (schema: z.ZodObject): Variable[] => {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: addDefault,
  })
  return Object.entries(properties).map(([name, shape]) => {
    const { description = '', default: given, ...allowed } = typeof shape === 'object' ? shape : {}
    const optional = given === undefined ? !required.includes(name) : true
    return { name, description, values: valuesOf(allowed), defaultValue: optional ? asText(given) : null }
  })
}

/** Zod leaves out the default of a number that is read from text. */
const addDefault: NonNullable<z.core.ToJSONSchemaParams['override']> = ({ zodSchema, jsonSchema }) => {
  if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue
}

/** One line for each variable: its name, its purpose, its allowed values and its default. */
export const helpFor = (schema: z.ZodObject): string => {
  const variables = variablesOf(schema)
  const width = Math.max(...variables.map(({ name }) => name.length))
  return variables
    .map(
      (variable) => `  ${variable.name.padEnd(width)}  ${[variable.description, noteOf(variable)].join(' ').trimEnd()}`,
    )
    .join('\n')
}

const noteOf = ({ description, values, defaultValue }: Variable): string => {
  const parts = [values, defaultNote(description, defaultValue)].filter(Boolean)
  return parts.length > 0 ? `(${parts.join('; ')})` : ''
}

/** Empty if the description states the default. */
const defaultNote = (description: string, defaultValue: string | null): string => {
  if (defaultValue === null) return 'required'
  if (defaultValue === '' && /\bdefault\b/i.test(description)) return ''
  return `default: ${defaultValue || 'none'}`
}

const valuesOf = ({ enum: words, type, minimum, maximum }: z.core.JSONSchema.BaseSchema): string => {
  if (words) return words.join(', ')
  return type === 'integer' ? `${minimum} to ${maximum}` : ''
}

/** Lists are empty by default. */
const asText = (value: unknown): string => (value === undefined || typeof value === 'object' ? '' : String(value))
