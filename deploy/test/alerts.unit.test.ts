/** promtool checks rules and their tests: `npm run test:observability`. */
import { expect, test } from 'vitest'
import { alertedFigures, alerts, alertTests, read } from './files.ts'

test('docs/alerts.md has a section for each alert, in the same order, and no others', () => {
  const sections = [...read('docs/alerts.md').matchAll(/^## (.+)$/gm)].map(([, title]) => title)
  expect(sections).toEqual([...new Set(alerts.map(({ alert }) => alert))])
  for (const { alert, annotations } of alerts) expect(annotations.runbook).toBe(`docs/alerts.md#${alert.toLowerCase()}`)
})

test.each([...new Set(alerts.map(({ alert }) => alert))])('%s has a test that fires and one that does not', (alert) => {
  const tests = alertTests.tests.flatMap((each) => each.alert_rule_test).filter(({ alertname }) => alertname === alert)
  expect(tests.some(({ exp_alerts = [] }) => exp_alerts.length > 0)).toBe(true)
  expect(tests.some(({ exp_alerts = [] }) => exp_alerts.length === 0)).toBe(true)
})

test('when all is well every metric that an alert uses exists, and no other', () => {
  const well = alertTests.tests.find(({ name }) => name === 'all is well')
  expect(new Set(well?.input_series.map(({ series }) => /^\w+/.exec(series)?.[0]))).toEqual(alertedFigures)
})
