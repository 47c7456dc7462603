import { promtool } from '@quadrille/testing'
import { expect, test } from 'vitest'
import { root } from './files.ts'

test('Prometheus accepts its configuration', async () => {
  expect(await promtool('check', 'config', `${root}deploy/prometheus/prometheus.yml`)).toContain('SUCCESS')
})

test('each alert fires when it should, and not before', async () => {
  expect(await promtool('test', 'rules', `${root}deploy/prometheus/alerts.test.yml`)).toContain('SUCCESS')
})
