/** docker-compose.yml and the files that it mounts, as far as the tests read them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const root = new URL('../../', import.meta.url).pathname

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const readYaml = (path: string): unknown => parse(read(path), { merge: true })

export interface ComposeService {
  readonly image?: string
  readonly build?: object
  readonly command?: readonly string[]
  readonly ports?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly pids_limit?: number
  readonly networks?: readonly string[]
  readonly volumes?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly mem_limit?: string
  readonly cpus?: number | string
  readonly restart?: string
  readonly healthcheck?: { readonly test: readonly string[] }
}

interface ComposeFile {
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, object>>
}

export const composeFile = readYaml('docker-compose.yml') as ComposeFile

/** The additional ports that a demo publishes. */
export const demoFile = readYaml('docker-compose.override.yml') as Pick<ComposeFile, 'services'>

/** The overrides for production. */
export const productionFile = readYaml('deploy/compose.production.yml') as Pick<ComposeFile, 'services'>

export interface Alert {
  readonly alert: string
  readonly expr: string
  readonly annotations: { readonly summary: string; readonly runbook: string }
}

const rules = readYaml('deploy/prometheus/alerts.yml') as {
  readonly groups: readonly { readonly rules: readonly Alert[] }[]
}

export const alerts: readonly Alert[] = rules.groups.flatMap((group) => group.rules)

/** The metrics that the alerts use. */
export const alertedFigures: ReadonlySet<string> = new Set(
  alerts.flatMap(({ expr }) => expr.match(/\b(quadrille|rabbitmq|nodejs|process)_\w+|\bup\b/g) ?? []),
)

export const alertTests = readYaml('deploy/prometheus/alerts.test.yml') as {
  readonly tests: readonly {
    readonly name: string
    readonly input_series: readonly { readonly series: string }[]
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts?: readonly object[] }[]
  }[]
}

export const prometheusConfig = readYaml('deploy/prometheus/prometheus.yml') as {
  readonly global: { readonly scrape_interval: string }
  readonly scrape_configs: readonly {
    readonly job_name: string
    readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[]
  }[]
}

export const datasources = (
  readYaml('deploy/grafana/provisioning/datasources/datasources.yml') as {
    readonly datasources: readonly {
      readonly uid: string
      readonly type: string
      readonly url: string
      readonly jsonData?: { readonly timeInterval?: string }
    }[]
  }
).datasources

export const dashboardProviders = (
  readYaml('deploy/grafana/provisioning/dashboards/dashboards.yml') as {
    readonly providers: readonly { readonly options: { readonly path: string } }[]
  }
).providers
