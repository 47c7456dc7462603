/** Questions over RabbitMQ, while connections, exchanges, queues and permissions are missing. */
import { manage, proxyTo } from '@quadrille/testing'
import { IllegalOperationError } from 'amqplib'
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { aService, memoryStores, unique, until, withoutInbox } from '../conformance/index.ts'
import { type AnswerBatch, amqpBroker, type Participant, questionsOf, Unanswered } from '../src/index.ts'
import { useRabbitMq } from './use-rabbitmq.ts'

const rabbitmq = useRabbitMq()
const type = 'Price'

/** Names that no other test uses. */
let names: { asking: string; answering: string }
beforeEach(() => {
  names = { asking: unique('asking'), answering: unique('answering') }
})

const topics = () => questionsOf(names.answering, [type])
const join = (topology: ReturnType<typeof aService>, url = rabbitmq.vhost.url, problems: unknown[] = []) => {
  const broker = amqpBroker(url, { onError: (error) => problems.push(error), reconnectMaxMs: 100 })
  onTestFinished(() => broker.close())
  return broker.join(withoutInbox(topology), memoryStores())
}
const asker = (url?: string, problems?: unknown[]) =>
  join(aService(names.asking, { asking: [topics()] }), url, problems)
const responder = (answer: AnswerBatch, url?: string, problems?: unknown[]) => {
  const participant = join(aService(names.answering, { answers: [type] }), url, problems)
  participant.answer(answer)
  return participant
}

const textOf = ({ body }: { body: Uint8Array }) => Buffer.from(body).toString()
const echo: AnswerBatch = async (questions) => questions.map((question) => Buffer.from(`re ${textOf(question)}`))

/** A proxy in front of RabbitMQ. */
const proxied = async () => {
  const proxy = await proxyTo(rabbitmq.vhost.url)
  onTestFinished(() => proxy.close())
  return proxy
}

/** The reply queue of the asking instance, if it has one. */
const replyQueue = async (): Promise<string | undefined> => {
  const bindings = `GET /api/exchanges/${rabbitmq.vhost.name}/${topics().answersExchange}/bindings/source`
  const [binding] = (await manage(inject('rabbitmqUrl'), bindings)) as { routing_key: string }[]
  return binding?.routing_key
}

/** The answer, or the reason without one. */
const ask = (participant: Participant, text: string, timeoutMs = 1_000): Promise<string> =>
  participant.questions
    .ask({ type, body: Buffer.from(text), headers: {} }, { timeoutMs })
    .then(String, (error: unknown) => (error instanceof Unanswered ? error.reason : String(error)))

const answers = (participant: Participant, text: string) => until(() => ask(participant, text)).toBe(`re ${text}`)

/** Answers early questions. Records the others in `held`, and never answers them. */
const holding =
  (held: string[]): AnswerBatch =>
  (questions) => {
    if (questions.every((question) => textOf(question) === 'early')) return echo(questions)
    held.push(...questions.map(textOf))
    return new Promise(() => undefined)
  }

const consumers = async () => (await rabbitmq.channel.checkQueue(topics().queue)).consumerCount

it('are answered by another instance if the connection of one is cut', async () => {
  const proxy = await proxied()
  const held: string[] = []
  const asking = asker()
  responder(echo)
  await answers(asking, 'early')
  responder(holding(held), proxy.url)
  await until(consumers).toBe(2)
  const texts = Array.from({ length: 10 }, (_, index) => `urgent ${index}`) // RabbitMQ delivers to each in turn
  const asked = texts.map((text) => ask(asking, text, 10_000))
  await until(() => held.length).toBeGreaterThan(0)
  proxy.refuse()
  expect(await Promise.all(asked)).toEqual(texts.map((text) => `re ${text}`))
})

it('are delivered to no third instance if the connections of two are cut', async () => {
  const proxies = [await proxied(), await proxied()]
  const held: string[][] = [[], []]
  const answered: string[] = []
  const asking = asker()
  for (const [index, { url }] of proxies.entries()) responder(holding(held[index] ?? []), url)
  await answers(asking, 'early')
  await until(consumers).toBe(2)
  void ask(asking, 'deadly', 10_000)
  await until(() => held.flat()).toEqual(['deadly'])
  const first = held.findIndex(({ length }) => length > 0)
  proxies[first]?.refuse()
  await until(() => held).toEqual([['deadly'], ['deadly']])
  responder(async (questions) => {
    answered.push(...questions.map(textOf))
    return echo(questions)
  })
  await until(consumers).toBe(2)
  proxies[1 - first]?.refuse()
  await until(consumers).toBe(1)
  await answers(asking, 'next')
  expect(answered).not.toContain('deadly')
})

it('reject at once while the connection is down, and are asked again on a new one', async () => {
  const proxy = await proxied()
  const asking = asker(proxy.url)
  expect(await ask(asking, 'too early')).toBe('disconnected')
  responder(async (questions) => (await echo(questions)).map((reply) => (String(reply) === 're open' ? null : reply)))
  await answers(asking, 'first')
  const open = ask(asking, 'open', 20_000)
  proxy.refuse()
  expect(await open).toBe('disconnected')
  expect(await ask(asking, 'down', 20_000)).toBe('disconnected')
  proxy.accept()
  await answers(asking, 'up again')
})

it('are refused while the connection takes nothing, and asked again when it does', async () => {
  const proxy = await proxied()
  const asking = asker(proxy.url)
  responder(echo)
  await answers(asking, 'first')
  proxy.hold('to the server')
  const text = 'x'.repeat(250_000)
  const outcomes: string[] = []
  // Each is over at once, so that they are not open at the same time, but waits to be sent.
  while (outcomes.at(-1) !== 'overload' && outcomes.length < 400) outcomes.push(await ask(asking, text, 1))
  expect(new Set(outcomes)).toEqual(new Set(['timeout', 'overload']))
  expect(await ask(asking, 'small', 1)).toBe('timeout') // there is room for a smaller one
  proxy.release()
  await answers(asking, 'next')
  await answers(asking, text)
})

it('are asked again if RabbitMQ still holds the reply queue of the lost connection', async () => {
  const proxy = await proxied()
  const asking = asker(proxy.url)
  responder(echo)
  await answers(asking, 'first')
  const lost = await replyQueue()
  proxy.refuse()
  await until(replyQueue).toBeUndefined()
  await rabbitmq.channel.assertQueue(lost ?? '', { exclusive: true })
  proxy.accept()
  await answers(asking, 'next')
})

it('are answered on the next connection, if the first one has ended before', async () => {
  const proxy = await proxied()
  const problems: unknown[] = []
  const answering = join(aService(names.answering, { answers: [type] }), proxy.url, problems)
  await until(() => answering.disconnected()).toBeNull()
  proxy.refuse()
  await until(() => answering.disconnected()).not.toBeNull()
  answering.answer(echo)
  proxy.accept()
  await answers(asker(), 'next')
  expect(problems.filter((problem) => problem instanceof IllegalOperationError)).toEqual([])
})

it('that waited too long in the queue are not answered', async () => {
  const starting = responder(echo)
  await until(() => starting.disconnected()).toBeNull()
  const asking = asker()
  await answers(asking, 'first')
  await starting.leave()
  expect(await ask(asking, 'stale', 100)).toBe('timeout')
  const asked: string[] = []
  responder((questions) => {
    asked.push(...questions.map(textOf))
    return echo(questions)
  })
  await answers(asking, 'fresh')
  expect(asked).not.toContain('stale')
})

describe('an answer', () => {
  it('to an unknown question is dropped', async () => {
    const asking = asker()
    responder(echo)
    await answers(asking, 'first')
    const before = asking.questions.lateAnswers()
    const { answersExchange: exchange } = topics()
    const queue = (await replyQueue()) ?? ''
    for (const correlationId of ['1', '4711', 'x'.repeat(255)])
      rabbitmq.channel.publish(exchange, queue, Buffer.from('forged'), { correlationId })
    rabbitmq.channel.publish(exchange, queue, Buffer.from('without an id'))
    await until(() => asking.questions.lateAnswers() - before).toBe(4)
    await answers(asking, 'next')
  })

  it('is sent to no queue but those of askers, whatever the question says', async () => {
    responder(echo)
    const asking = asker()
    await answers(asking, 'first')
    await rabbitmq.channel.assertQueue(`${names.asking}.inbox.copy`)
    const misleading = { correlationId: '1', replyTo: `${names.asking}.inbox.copy` }
    rabbitmq.channel.publish(topics().questionsExchange, type, Buffer.from('to the inbox?'), misleading)
    rabbitmq.channel.publish(topics().questionsExchange, type, Buffer.from('to no queue'))
    await answers(asking, 'next')
    expect((await rabbitmq.channel.checkQueue(`${names.asking}.inbox.copy`)).messageCount).toBe(0)
  })

  it('that can not be sent is reported, and costs later ones nothing', async () => {
    const invalid = '~'.repeat(100) // becomes no UTF-8: each byte is read as a character of three bytes, which are too many to send
    const proxy = await proxyTo(rabbitmq.vhost.url, (frame) =>
      frame.includes(invalid)
        ? Buffer.from(frame).fill(0xff, frame.indexOf(invalid), frame.indexOf(invalid) + 100)
        : frame,
    )
    onTestFinished(() => proxy.close())
    const problems: unknown[] = []
    responder(echo, proxy.url, problems)
    const asking = asker()
    await answers(asking, 'first')
    for (const properties of [{ replyTo: invalid }, { replyTo: 'reply', correlationId: invalid }])
      rabbitmq.channel.publish(topics().questionsExchange, type, Buffer.from('hostile'), properties)
    await until(() => problems.filter((problem) => problem instanceof TypeError).length).toBe(2)
    await answers(asking, 'next')
    expect((await rabbitmq.channel.checkQueue(topics().queue)).messageCount).toBe(0)
  })
})

it('are answered again after their queue was deleted, and events are not affected', async () => {
  const problems: unknown[] = []
  const { url } = rabbitmq.vhost
  const [asking, answering] = [asker(url, problems), responder(echo, url, problems)]
  await answers(asking, 'first')
  await rabbitmq.channel.deleteQueue(topics().queue)
  for (const participant of [asking, answering]) expect(participant.publisher.waitingFor()).toBeNull()
  await answers(asking, 'next')
  const [first, ...later] = problems.map(String) // of the answering instance alone
  const closed = 'Error: the channel was closed'
  expect(first).toBe(closed)
  // RabbitMQ cancels the consumers before it has forgotten the queue, so that the next try may still find it.
  expect(later.length).toBeLessThan(20)
  for (const problem of later) if (problem !== closed) expect(problem).toContain(`no queue '${topics().queue}'`)
})
