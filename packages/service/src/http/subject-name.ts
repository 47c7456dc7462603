/** Renames the field `subject` in requests and responses to the language's name for it. */
import type { Subject } from '@quadrille/messages'
import { z } from 'zod'

type Named = Pick<Subject, 'field'>

/** Renames `subject` to the language's name, at the same position. */
export const nameSubject = <Fields extends object>(fields: Fields, { field }: Named): WithoutSubject<Fields> =>
  // The name is known at runtime only, so the compiler sees the other fields.
  rename(fields, 'subject', field) as WithoutSubject<Fields>

type WithoutSubject<Fields> = Omit<Fields, 'subject'>

const rename = (fields: object, from: string, to: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key === from ? to : key, value]))

/** The schema of responses with the language's name, and with the same title, description and examples. */
export const viewWithSubject = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, subject: Named) => {
  const { examples, ...meta } = schema.meta() ?? {}
  const named = Array.isArray(examples) ? examples.map((example) => nameSubject(example, subject)) : []
  return z.object(nameSubject(schema.shape, subject)).meta({ ...meta, examples: named })
}

/** The schema of requests with exactly these fields. Requests use the language's name; handlers read `subject`. */
export const requestWithSubject = <Shape extends z.ZodRawShape>(
  shape: Shape,
  { field }: Named,
  meta: z.GlobalMeta = {},
): z.ZodType<z.output<z.ZodObject<Shape>>> =>
  z
    .strictObject(nameSubject(shape, { field }))
    // Only the name of one field changes, from the one that the schema has checked.
    .transform((fields) => rename(fields, field, 'subject') as z.output<z.ZodObject<Shape>>)
    .meta(meta)
