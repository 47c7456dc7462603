/** One instance of a service: a process that is supervised, and its own ways to Postgres and RabbitMQ. */
import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '@quadrille/events'
import { type ServiceProcess, startServiceProcess } from '@quadrille/shop-testing'
import type { TcpProxy } from '@quadrille/testing'

export interface InstanceOptions {
  readonly service: ServiceName
  /** Among the instances of its service, from 1. */
  readonly number: number
  readonly port: number
  readonly toPostgres: TcpProxy
  readonly toRabbitMq: TcpProxy
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
}

/** How soon one that ended by itself is started again, ms. */
const restartAfterMs = 500

export class Instance {
  readonly name: string
  readonly service: ServiceName
  readonly number: number
  readonly port: number
  readonly url: string
  readonly toPostgres: TcpProxy
  readonly toRabbitMq: TcpProxy
  /** How it ended when nobody had asked it to, or otherwise than it was asked to. */
  readonly deaths: string[] = []
  starts = 0
  /** By SIGTERM. */
  stops = 0
  readonly #options: InstanceOptions
  #wanted = new AbortController()
  #stopping = false
  #process: ServiceProcess | null = null
  #gone: Promise<unknown> = Promise.resolve()

  constructor(options: InstanceOptions) {
    this.#options = options
    this.name = `${options.service}-${options.number}`
    this.service = options.service
    this.number = options.number
    this.port = options.port
    this.url = `http://127.0.0.1:${options.port}`
    this.toPostgres = options.toPostgres
    this.toRabbitMq = options.toRabbitMq
  }

  /** Keeps it running from now on. Resolves when it listens for the first time, or is killed before. */
  start(): Promise<void> {
    const { promise: listening, resolve } = Promise.withResolvers<void>()
    this.#wanted = new AbortController()
    this.#gone = this.#keepUp(this.#wanted.signal, resolve).finally(resolve)
    return listening
  }

  /** Like `kill -9`, also of one that is only starting. */
  async kill(): Promise<void> {
    this.#wanted.abort()
    await this.#gone
  }

  /** False where it doesn't run. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): boolean {
    return this.#process !== null && process.kill(this.#process.pid, name)
  }

  /** Sets its clock wrong, or right again. False where it doesn't run. */
  setClock(how: 'wrong' | 'right'): boolean {
    return this.#process !== null && process.kill(this.#process.pid, how === 'wrong' ? 'SIGUSR2' : 'SIGHUP')
  }

  /** Stops it as an operator does, by SIGTERM. It counts as a death where it doesn't end with 0. */
  async stop(): Promise<void> {
    this.#stopping = true
    const code = await this.#process?.end()
    await this.kill()
    this.#stopping = false
    this.stops += 1
    if (code !== undefined && code !== 0) this.deaths.push(`was stopped, and ended with ${code}`)
  }

  /** Kills it, and takes its network away. */
  async close(): Promise<void> {
    await this.kill()
    await Promise.all([this.toPostgres.close(), this.toRabbitMq.close()])
  }

  async #keepUp(wanted: AbortSignal, listening: () => void): Promise<void> {
    while (!wanted.aborted && !this.#stopping) {
      const how = await this.#live(wanted, listening)
      if (wanted.aborted || this.#stopping) return
      this.deaths.push(how)
      await pause(restartAfterMs)
    }
  }

  /** From its start to its end; resolves to how it ended. */
  async #live(wanted: AbortSignal, listening: () => void): Promise<string> {
    const { service, env, logFile } = this.#options
    const onLine = (line: string) => appendFileSync(logFile, `${line}\n`)
    this.starts += 1
    try {
      const started = await startServiceProcess(service, env, { onLine, signal: wanted })
      this.#process = started
      listening()
      return `ended with ${await started.ended}`
    } catch (error) {
      return String(error)
    } finally {
      this.#process = null
    }
  }
}
