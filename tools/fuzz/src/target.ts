/** The fuzzed shop: npm start in its own folder. */
import { freePorts } from '@quadrille/embedded-postgres'
import { mapServices, type ServiceName, serviceNames } from '@quadrille/events'
import { startShopProcess } from '@quadrille/shop-testing'

export interface Target {
  readonly ports: Readonly<Record<ServiceName, number>>
  /** The whole environment of npm run audit, by which it finds the databases of this shop and of no other. */
  readonly env: NodeJS.ProcessEnv
  /** Requests a garbage collection. */
  collectGarbage(): void
  /** Output that is not a log line. */
  unexpectedOutput(): readonly string[]
  /** Aborts when the run ends early. */
  readonly signal: AbortSignal
  stop(): Promise<unknown>
}

const collector = new URL('collect-garbage.ts', import.meta.url).href

export const startTarget = async (signal: AbortSignal): Promise<Target> => {
  const free = await freePorts(serviceNames.length)
  const ports = mapServices((service) => free[serviceNames.indexOf(service)] ?? 0)
  const variables = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, String(ports[name])]))
  const shop = startShopProcess(
    // Photos would wait for an idle processor.
    { ...variables, PHOTO_PRIORITY: 'normal', LOG_LEVEL: 'warn', LOG_FORMAT: 'json', CONSOLE: 'off', DEMO: 'off' },
    { flags: ['--expose-gc', '--import', collector], signal },
  )
  await shop.untilPrinted(/is ready/).catch(async (error) => {
    await shop.stop()
    throw error
  })
  const startupLines = linesOf(shop.output()).length
  const { PATH, HOME } = process.env
  return {
    ports,
    env: { PATH, HOME, DATA_DIR: shop.folder },
    collectGarbage: () => void shop.child.kill('SIGUSR2'),
    unexpectedOutput: () =>
      linesOf(shop.output())
        .slice(startupLines)
        .filter((line) => !line.startsWith('{')),
    signal,
    stop: shop.stop,
  }
}

const linesOf = (output: string): string[] => output.split('\n').filter(Boolean)
