/** Names for the subject: `subject` in the framework, and the language's own name for it in requests and answers. */
import type { Subject } from '@quadrille/messages'
import { z } from 'zod'

type Named = Pick<Subject, 'field'>

/** The fields, with `subject` under the language's name and at the same place. */
export const nameSubject = <Value>(fields: Readonly<Record<string, Value>>, { field }: Named): Record<string, Value> =>
  rename(fields, 'subject', field)

const rename = <Value>(fields: Readonly<Record<string, Value>>, from: string, to: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key === from ? to : key, value]))

/** The schema of answers that have the language's name, with the same title, description and examples. */
export const viewWithSubject = (schema: z.ZodObject, subject: Named): z.ZodObject => {
  const { examples = [], ...meta } = schema.meta() ?? {}
  const named = (examples as Record<string, unknown>[]).map((example) => nameSubject(example, subject))
  return z.object(nameSubject<z.core.$ZodType>(schema.shape, subject)).meta({ ...meta, examples: named })
}

/** The schema of requests with these fields and no others. A request has the language's name; its handler reads `subject`. */
export const requestWithSubject = <Shape extends z.ZodRawShape>(
  shape: Shape,
  { field }: Named,
  meta: z.GlobalMeta = {},
): z.ZodType<z.output<z.ZodObject<Shape>>> =>
  z
    .strictObject(nameSubject(shape, { field }))
    .transform((fields) => rename(fields, field, 'subject') as z.output<z.ZodObject<Shape>>)
    .meta(meta)
