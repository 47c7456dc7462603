/** Asking and answering, without a broker. */
import { question } from '@quadrille/messages'
import { Unanswered, type WireQuestion } from '@quadrille/messaging'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createAnswers } from '../../src/questions/answer.ts'
import { createAsk } from '../../src/questions/ask.ts'

const Weight = question(
  'Weight',
  { asked: z.object({ parcel: z.string() }), answer: z.object({ grams: z.int() }) },
  { summary: 'how much a parcel weighs', example: { asked: { parcel: 'a' }, answer: { grams: 1 } } },
)

const wire = (text: string, type = 'Weight'): WireQuestion => ({ type, body: Buffer.from(text), headers: {} })
const texts = (bodies: readonly (Uint8Array | null)[]) => bodies.map((body) => body && Buffer.from(body).toString())

const counted = (registry: Registry) => async () =>
  (await registry.metrics())
    .split('\n')
    .filter((line) => /_total\{/.test(line) && !line.endsWith(' 0'))
    .toSorted()

describe('answers', () => {
  const openAnswers = () => {
    const registry = new Registry()
    const asked: unknown[] = []
    const warnings: unknown[] = []
    const answers = createAnswers(
      {
        language: { questions: { Weight, Size: { ...Weight, type: 'Size' } } },
        tracing: { answer: () => undefined },
        metrics: { registry },
        log: { warn: (about: unknown) => void warnings.push(about) },
      },
      {
        Weight: async (all) => {
          asked.push(all)
          return all.map(() => ({ grams: 5 }))
        },
        Size: async () => {
          throw new Error('no ruler')
        },
      },
    )
    return { answers, asked, warnings, counts: counted(registry) }
  }

  it('come from one call for each type, and a question that can’t be read gets no answer', async () => {
    const { answers, asked, counts } = openAnswers()
    const batch = [wire('{"parcel":"a"}'), wire('not JSON'), wire('{"parcel":1}'), wire('{"parcel":"b","from":"x"}')]
    expect(texts(await answers(batch))).toEqual(['{"grams":5}', null, null, '{"grams":5}'])
    expect(asked).toEqual([[{ parcel: 'a' }, { parcel: 'b' }]])
    expect(await counts()).toEqual([
      'quadrille_answers_total{question="Weight",outcome="answered"} 2',
      'quadrille_answers_total{question="Weight",outcome="unreadable"} 2',
    ])
  })

  it('of another type that fail cost a question nothing', async () => {
    const { answers, warnings, counts } = openAnswers()
    const batch = [
      wire('{"parcel":"a"}', 'Size'),
      wire('not JSON', 'Size'),
      wire('{"parcel":"a"}'),
      wire('{}', 'Later'),
    ]
    expect(texts(await answers(batch))).toEqual([null, null, '{"grams":5}', null])
    expect(warnings).toHaveLength(1)
    expect((await counts()).filter((line) => line.includes('"Size"'))).toEqual([
      'quadrille_answers_total{question="Size",outcome="failed"} 1',
      'quadrille_answers_total{question="Size",outcome="unreadable"} 1',
    ])
  })

  it('to a type of another version are not sent, which is counted and logged once a second', async () => {
    const { answers, warnings, counts } = openAnswers()
    expect(texts(await answers([wire('{}', 'Later'), wire('{}', 'Later')]))).toEqual([null, null])
    expect(await counts()).toEqual(['quadrille_answers_total{question="Later",outcome="unknown"} 2'])
    expect(warnings).toEqual([{ question: 'Later', err: expect.any(Error) }])
  })
})

describe('a question', () => {
  const openAsk = (answer: () => Promise<Uint8Array>) => {
    const registry = new Registry()
    const warnings: unknown[] = []
    const ask = createAsk({
      model: { name: 'counter', asks: ['Weight'] },
      participant: { questions: { ask: answer, lateAnswers: () => 3 } },
      tracing: { ask: () => undefined },
      metrics: { registry },
      log: { warn: (about: unknown) => void warnings.push(about) },
    })
    const weigh = () => ask(Weight, { parcel: 'a' }, { timeoutMs: 100 })
    return { ask, weigh, warnings, counts: counted(registry), registry }
  }

  it('has the answer of the other service', async () => {
    const { weigh, counts, registry } = openAsk(async () => Buffer.from('{"grams":7,"more":true}'))
    expect(await weigh()).toEqual({ grams: 7 })
    expect(await counts()).toEqual(['quadrille_questions_total{question="Weight",outcome="answered"} 1'])
    expect(await registry.metrics()).toContain('\nquadrille_questions_total{question="Weight",outcome="timeout"} 0\n')
    for (let scrapes = 0; scrapes < 2; scrapes += 1)
      expect(await registry.metrics()).toContain('\nquadrille_answers_late_total 3\n')
  })

  it('has the answer null without one, which is counted by its reason and logged once a second', async () => {
    const { weigh, counts, warnings } = openAsk(() => Promise.reject(new Unanswered('timeout', 'too late')))
    expect([await weigh(), await weigh()]).toEqual([null, null])
    expect(await counts()).toEqual(['quadrille_questions_total{question="Weight",outcome="timeout"} 2'])
    expect(warnings).toEqual([{ question: 'Weight', reason: 'too late' }])
  })

  it('has the answer null if that can’t be read', async () => {
    const { weigh, counts } = openAsk(async () => Buffer.from('{"grams":"seven"}'))
    expect(await weigh()).toBeNull()
    expect(await counts()).toEqual(['quadrille_questions_total{question="Weight",outcome="unreadable"} 1'])
  })

  it('that violates its schema is a bug', async () => {
    const { ask } = openAsk(async () => Buffer.from('{}'))
    await expect(ask(Weight, { parcel: 1 } as never, { timeoutMs: 100 })).rejects.toThrow(TypeError)
  })
})
