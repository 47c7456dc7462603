/** The demo control of `npm start`: it places orders of each ending, and breaks and repairs parts of the shop. */
import type { ServiceName } from '@quadrille/events'
import type { HttpServer } from '@quadrille/service/tools'
import type { Options } from '../options.ts'
import { consoleUrlOf, type Services } from '../services.ts'
import { gateway, paymentService } from './breakable.ts'
import { createDemoControl } from './control.ts'
import type { GatewaySwitch } from './gateway-switch.ts'
import { serveDemo } from './server.ts'

export interface DemoOptions {
  readonly options: Options
  readonly services: Services
  readonly databases: ReadonlyMap<ServiceName, string>
  /** The URL of the admin endpoints, if they have their own port. */
  readonly adminUrl: string | undefined
  readonly gatewaySwitch: GatewaySwitch
  /** Writes a line to the terminal. */
  readonly say: (line: string) => void
}

/** Listens on DEMO_PORT. @throws a one-line error if that fails. */
export const startDemo = (demo: DemoOptions): Promise<HttpServer> => {
  const { options, services, databases, adminUrl, gatewaySwitch, say } = demo
  const { order, inventory } = services.urls
  const control = createDemoControl({
    urls: { order, console: consoleUrlOf(options) ?? null },
    parts: [paymentService(services), gateway(gatewaySwitch)],
    inventoryUrl: adminUrl === undefined ? inventory : `${adminUrl}/inventory`,
    inventoryDatabaseUrl: databases.get('inventory') ?? '',
    say,
  })
  const address = { host: options.HOST, port: options.DEMO_PORT, allowedHosts: options.ALLOWED_HOSTS }
  return serveDemo(control, address)
}
