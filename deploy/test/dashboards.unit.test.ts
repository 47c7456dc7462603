/** `npm run test:observability` checks the queries of the dashboards with Prometheus. */
import { readdirSync } from 'node:fs'
import { choreography } from '@quadrille/events'
import { expect, test } from 'vitest'
import { dashboards } from '../src/dashboards/all.ts'
import { baseUrls } from '../src/dashboards/dashboard.ts'
import { dashboardFile } from '../src/dashboards/grafana.ts'
import { composeFile, dashboardProviders, datasources, demoFile, prometheusConfig, read, root } from './files.ts'

const folder = 'deploy/grafana/dashboards'

test('the files for Grafana are up to date: run `npm run generate` if not', () => {
  expect(readdirSync(root + folder).sort()).toEqual(dashboards.map(({ uid }) => `${uid}.json`).sort())
  for (const dashboard of dashboards) expect(read(`${folder}/${dashboard.uid}.json`)).toBe(dashboardFile(dashboard))
})

test('Grafana finds the dashboards where they are mounted', () => {
  const [provider] = dashboardProviders
  expect(composeFile.services['grafana']?.volumes).toContain(`./${folder}:${provider?.options.path}:ro`)
  expect(composeFile.services['grafana']?.environment).toMatchObject({
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${provider?.options.path}/orders.json`,
  })
})

/** Finds `datasource` values at any depth. */
const datasourcesIn = (value: unknown): unknown[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === 'datasource' ? [inner] : datasourcesIn(inner)))
}

test('every data source of a dashboard is provisioned', () => {
  const known = datasources.map(({ uid, type }) => ({ uid, type }))
  const named = dashboards.flatMap(({ uid }) => datasourcesIn(JSON.parse(read(`${folder}/${uid}.json`))))
  expect(named.length).toBeGreaterThan(dashboards.length)
  for (const datasource of named) expect(known).toContainEqual(datasource)
})

test('Grafana and Prometheus find their targets by the names of containers', () => {
  const hosts = [
    ...datasources.map(({ url }) => new URL(url).hostname),
    ...prometheusConfig.scrape_configs.flatMap((job) => job.dns_sd_configs.flatMap(({ names }) => names)),
  ]
  expect(Object.keys(composeFile.services)).toEqual(expect.arrayContaining(hosts))
})

test('Grafana has the scrape interval of Prometheus', () => {
  const intervals = datasources.flatMap(({ jsonData }) => jsonData?.timeInterval ?? [])
  expect(intervals).toEqual([prometheusConfig.global.scrape_interval])
})

test('the unit requests per second is for HTTP responses only', () => {
  for (const { title, unit, queries } of dashboards.flatMap(({ panels }) => panels))
    expect(
      queries.some(({ expr }) => expr.includes('quadrille_http_requests_total')),
      title,
    ).toBe(unit === 'reqps')
})

test('every link leads to a page that is published', () => {
  const published = [composeFile, demoFile]
    .flatMap(({ services }) => Object.values(services))
    .flatMap(({ ports = [] }) => ports.flatMap((port) => /:-(\d+)\}/.exec(port)?.[1] ?? []))
  for (const url of Object.values(baseUrls)) expect(published).toContain(new URL(url).port)
  const links = dashboards.flatMap(({ panels }) => panels.flatMap(({ links }) => links))
  for (const { url } of links) expect(Object.keys(baseUrls)).toContain(/^\$\{(\w+):raw\}\//.exec(url)?.[1])
})

test('a link to Jaeger searches for traces of a service', () => {
  const links = dashboards.flatMap(({ panels }) => panels.flatMap(({ links }) => links))
  const searches = links.flatMap(({ url }) => /^\$\{jaeger:raw\}\/search(.*)$/.exec(url)?.[1] ?? [])
  expect(searches.length).toBeGreaterThan(0)
  for (const search of searches) expect(choreography).toHaveProperty(new URLSearchParams(search).get('service') ?? '')
})
