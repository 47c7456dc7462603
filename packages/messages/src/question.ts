/**
 * The definition of a question: one service asks it, and another one answers from its current state. Questions and answers are not
 * stored: a question without an answer in time is not repeated, and the asking service goes on without it.
 */
import type { z } from 'zod'
import { explain } from './explain.ts'
import { readJson } from './json-body.ts'
import { Undecodable } from './undecodable.ts'

/**
 * One type of question. Its schemas can't change in a way that the other side could not read. For that, define a question with
 * another name, and answer both until the old one is no longer asked.
 */
export interface Question<Type extends string = string, Asked = unknown, Answer = unknown> {
  readonly type: Type
  /** The meaning in a few words, without a period. Shown in the documents. */
  readonly summary: string
  readonly asked: z.ZodType<Asked>
  readonly answer: z.ZodType<Answer>
  /** Shown in the documents. */
  readonly example: { readonly asked: Asked; readonly answer: Answer }
}

/** The questions of a language, by type. */
export type Questions = Readonly<Record<string, Question>>

/** The content of a question. */
export type AskedIn<All extends Questions, Type extends string> = Type extends keyof All
  ? z.output<All[Type]['asked']>
  : never

/** The content of an answer. */
export type AnswerIn<All extends Questions, Type extends string> = Type extends keyof All
  ? z.output<All[Type]['answer']>
  : never

/** Defines a question. Fields that a schema does not define are removed, as in messages. */
export const question = <Type extends string, Asked, Answer>(
  type: Type,
  { asked, answer }: Pick<Question<string, Asked, Answer>, 'asked' | 'answer'>,
  described: Pick<Question<Type, NoInfer<Asked>, NoInfer<Answer>>, 'summary' | 'example'>,
): Question<Type, Asked, Answer> => ({ type, asked, answer, ...described })

/** The media type of questions and answers. */
export const questionContentType = 'application/json'

/** The body of a question or an answer. @throws {TypeError} if it violates its schema, which is a bug of this service. */
export const writeContent = <Content>(schema: z.ZodType<Content>, content: Content): Uint8Array => {
  const written = schema.safeParse(content)
  if (!written.success) throw new TypeError(`It does not fit its schema: ${explain(written.error)}`)
  return Buffer.from(JSON.stringify(written.data))
}

/** Reads the body of a question or an answer. @throws {Undecodable} as `decode` of a codec does. */
export const readContent = <Content>(schema: z.ZodType<Content>, body: Uint8Array): Content => {
  const read = schema.safeParse(readJson(body))
  if (read.success) return read.data
  throw new Undecodable('schema_violation', explain(read.error))
}
