/**
 * A dashboard in the file format of Grafana
 * (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/).
 */
import { baseUrls, type Dashboard, type Panel } from './dashboard.ts'

/** The name in deploy/grafana/provisioning. */
const prometheus = { type: 'prometheus', uid: 'prometheus' }

const columns = 24
const sizes = { 'latest value': { w: 6, h: 4 }, 'time series': { w: 12, h: 8 } } as const

/** The text of that file. */
export const dashboardFile = (dashboard: Dashboard): string =>
  `${JSON.stringify(grafanaDashboard(dashboard), null, 2)}\n`

const grafanaDashboard = ({ uid, question, byService = false, panels }: Dashboard) => ({
  uid,
  title: question,
  tags: ['quadrille'],
  editable: false,
  schemaVersion: 41,
  time: { from: 'now-1h', to: 'now' },
  refresh: '10s',
  links: [{ type: 'dashboards', title: 'Other dashboards', tags: ['quadrille'], asDropdown: false, keepTime: true }],
  templating: { list: [...(byService ? [serviceVariable] : []), ...Object.entries(baseUrls).map(urlVariable)] },
  panels: inRows(panels).map(grafanaPanel),
})

const serviceVariable = {
  name: 'service',
  label: 'Service',
  type: 'query',
  datasource: prometheus,
  query: { query: 'label_values(up{job="services"}, service)', refId: 'service' },
  refresh: 2, // when the time range changes
  multi: true,
  includeAll: true,
  allValue: '.+',
  current: { text: ['All'], value: ['$__all'] },
}

/** A hidden variable with a base URL. The dashboard's URL can override it: `?var-jaeger=https://jaeger.example.com`. */
const urlVariable = ([name, url]: readonly [string, string]) => ({
  name,
  type: 'textbox',
  hide: 2,
  query: url,
  current: { text: url, value: url },
})

interface Placed {
  readonly panel: Panel
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}

/** Rows of panels, from left to right. The panels of a row have the same height. */
const inRows = (panels: readonly Panel[]): Placed[] => {
  let [x, y, height] = [0, 0, 0]
  return panels.map((panel) => {
    const { w, h } = sizes[panel.shows]
    if (x + w > columns || (x > 0 && h !== height)) [x, y] = [0, y + height]
    const gridPos = { x, y, w, h }
    x += w
    height = h
    return { panel, gridPos }
  })
}

const grafanaPanel = ({ panel, gridPos }: Placed, index: number) => ({
  id: index + 1,
  type: panel.shows === 'latest value' ? 'stat' : 'timeseries',
  title: panel.title,
  description: panel.description,
  gridPos,
  datasource: prometheus,
  targets: panel.queries.map(({ expr, legend }, place) => ({
    refId: String.fromCharCode(65 + place),
    expr,
    legendFormat: legend,
    ...(panel.shows === 'latest value' && { instant: true, range: false }),
  })),
  fieldConfig: { defaults: { unit: panel.unit, min: 0, ...thresholds(panel) }, overrides: [] },
  options:
    panel.shows === 'latest value'
      ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'background', graphMode: 'none' }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  links: panel.links.map((link) => ({ ...link, targetBlank: true })),
})

const thresholds = ({ alarmingFrom }: Panel) => {
  const steps = [
    { color: 'green', value: null },
    ...(alarmingFrom === undefined ? [] : [{ color: 'red', value: alarmingFrom }]),
  ]
  return { thresholds: { mode: 'absolute', steps } }
}
