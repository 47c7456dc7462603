import { Parser } from '@asyncapi/parser'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import packageJson from '../package.json' with { type: 'json' }
import { shopAsyncApi } from '../scripts/documents.ts'
import { choreography, decode, shop } from '../src/index.ts'

interface Schema {
  readonly properties?: Readonly<Record<string, { readonly description?: string; readonly $ref?: string }>>
}

/** Less severe findings include the advice to use the newest version of AsyncAPI. */
const warning = 1

const text = shopAsyncApi(packageJson.version)

describe('the AsyncAPI document, read by the official parser', () => {
  const parsing = new Parser().parse(text)
  let document: NonNullable<Awaited<typeof parsing>['document']>

  beforeAll(async () => {
    const parsed = await parsing
    if (!parsed.document) throw new Error(JSON.stringify(parsed.diagnostics, null, 2))
    document = parsed.document
  })

  it('has neither errors nor warnings', async () => {
    const diagnostics = (await parsing).diagnostics.filter(({ severity }) => severity <= warning)
    expect(diagnostics.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([])
  })

  it('has a channel for each service, with its events', () => {
    const channels = document.channels().all()
    const events = Object.keys(choreography).map((name) => `${name}.events`)
    expect(channels.map((channel) => channel.address())).toEqual([
      ...events,
      'inventory.questions',
      'inventory.answers',
    ])
    const [order] = channels
    const names = order
      ?.messages()
      .all()
      .map((message) => message.name())
    expect([...new Set(names)]).toEqual([...choreography.order.publishes])
  })

  it('has an operation for each service that sends, and for each that it receives from', () => {
    const operations = document.operations().all()
    expect(operations.map((operation) => `${operation.id()}: ${operation.action()}`)).toContain(
      'inventoryReceivesFromPayment: receive',
    )
    const received = document.operations().get('inventoryReceivesFromPayment')?.messages().all()
    expect(new Set(received?.map((message) => message.name()))).toEqual(new Set(['PaymentProcessed']))
  })

  it('describes every field of the envelope and of the data', () => {
    const { components } = parse(text) as { components: { schemas: Record<string, Schema> } }
    const { schemas } = components
    const undescribed = Object.entries(schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, field]) => field.description === undefined && field.$ref === undefined)
        .map(([field]) => `${name}.${field}`),
    )
    expect(undescribed).toEqual([])
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(['Customer', 'Line', 'StockLine', 'MissingLine']))
  })

  it('has a format for integers of more than 32 bits, such as amounts of money, and for no others', () => {
    const { components } = parse(text)
    const { Line, MissingLine } = components.schemas
    expect([Line.properties.unitPrice.format, MissingLine.properties.available.format]).toEqual(['int64', 'int64'])
    expect(Line.properties.quantity).not.toHaveProperty('format')
  })

  it('is the same for a parser of YAML 1.1', () => {
    expect(parse(text, { version: '1.1' })).toEqual(parse(text))
  })

  it('has a question with its answer', () => {
    const operation = document.operations().get('orderAsksInventory')
    expect(
      operation
        ?.messages()
        .all()
        .map((message) => message.id()),
    ).toEqual(['StockLevels.question'])
    expect(
      operation
        ?.reply()
        ?.messages()
        .all()
        .map((message) => message.id()),
    ).toEqual(['StockLevels.answer'])
  })

  it('has an example of every message, which can be read', () => {
    const { StockLevels } = shop.questions
    for (const message of document.components().messages().all()) {
      const [example] = message.examples().all()
      const content = { 'StockLevels.question': StockLevels.asked, 'StockLevels.answer': StockLevels.answer }[
        message.id()
      ]
      if (content) {
        expect(content.parse(example?.payload())).toEqual(example?.payload())
        continue
      }
      const { type } = decode(Buffer.from(JSON.stringify(example?.payload()))).message
      expect(type).toBe(message.name())
    }
  })

  it('contains public events only', () => {
    expect(text).not.toMatch(/\b(Charge|Notify|RefundRequested)\b/)
  })

  it('describes which version is sent', () => {
    const messages = new Map(
      document
        .components()
        .messages()
        .all()
        .map((message) => [message.id(), message.description()]),
    )
    expect(messages.get('PaymentDeclined.v1')).toMatch(
      /^Sent by default with databases that were created before version 2/,
    )
    expect(messages.get('PaymentDeclined.v2')).toContain('PaymentDeclined:2')
  })
})
