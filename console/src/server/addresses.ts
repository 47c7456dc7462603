/** The servers to which the console forwards requests, and their addresses. */
import { type ServiceName, serviceNames } from '@quadrille/events/service-names'
import { adminUrlVariableOf, type Config, urlVariableOf } from './config.ts'

/** The base URLs of a server. */
interface ServerUrls {
  readonly url: string
  /** Of its admin endpoints. */
  readonly adminUrl: string
}

/** A server to which the console forwards requests. */
export type TargetName = ServiceName | 'audit' | 'demo'

export type Addresses = ReadonlyMap<TargetName, ServerUrls>

/** The servers that the console shows. */
export const addressesIn = (variables: Config): Addresses =>
  new Map([
    ...serviceNames.flatMap((service) =>
      serverAt(service, variables[urlVariableOf(service)], variables[adminUrlVariableOf(service)]),
    ),
    ...serverAt('audit', variables.AUDIT_URL),
    ...serverAt('demo', variables.DEMO_URL),
  ])

/** Nothing without a URL. */
const serverAt = (name: TargetName, url: string | undefined, adminUrl = url ?? ''): [TargetName, ServerUrls][] =>
  url === undefined ? [] : [[name, { url: withoutSlash(url), adminUrl: withoutSlash(adminUrl) }]]

/** The paths of routes begin with one. */
const withoutSlash = (url: string): string => url.replace(/\/+$/, '')
