/** One instance of a service: a supervised process, with its own connections to Postgres and RabbitMQ. */
import { appendFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceName } from '@quadrille/events'
import { type ServiceProcess, startServiceProcess } from '@quadrille/shop-testing'
import type { TcpProxy } from '@quadrille/testing'

export interface InstanceOptions {
  readonly service: ServiceName
  /** Its number among the instances of its service, from 1. */
  readonly number: number
  readonly port: number
  readonly toPostgres: TcpProxy
  readonly toRabbitMq: TcpProxy
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
}

/** How soon an instance that exited is started again, ms. */
const restartAfterMs = 500

export class Instance {
  readonly name: string
  readonly service: ServiceName
  readonly number: number
  readonly port: number
  readonly url: string
  readonly toPostgres: TcpProxy
  readonly toRabbitMq: TcpProxy
  /** The unexpected exits. */
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

  /** Like `kill -9`, also during its start. */
  async kill(): Promise<void> {
    this.#wanted.abort()
    await this.#gone
  }

  /** False if it is not running. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): boolean {
    return this.#process !== null && process.kill(this.#process.pid, name)
  }

  /** Sets its clock wrong, or right again. False if it is not running. */
  setClock(how: 'wrong' | 'right'): boolean {
    return this.#process !== null && process.kill(this.#process.pid, how === 'wrong' ? 'SIGUSR2' : 'SIGHUP')
  }

  /** Stops it by SIGTERM, like an operator. An exit code other than 0 counts as a crash. */
  async stop(): Promise<void> {
    this.#stopping = true
    const code = await this.#process?.end()
    await this.kill()
    this.#stopping = false
    this.stops += 1
    if (code !== undefined && code !== 0) this.deaths.push(`was stopped, and ended with ${code}`)
  }

  /** Kills it, and closes its network. */
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

  /** Runs it once, and resolves to the manner of its exit. */
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
