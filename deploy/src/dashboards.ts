/** `npm run dashboards`: writes deploy/grafana/dashboards/*.json for Grafana. */
import { writeFileSync } from 'node:fs'
import { runCommand } from '@quadrille/command-line'
import { dashboards } from './dashboards/all.ts'
import { dashboardFile } from './dashboards/grafana.ts'

const help = `Usage: npm run dashboards [-- --help]

Writes the dashboards that Grafana loads, deploy/grafana/dashboards/*.json, from their descriptions in deploy/src/dashboards.`

await runCommand({ command: 'npm run dashboards', help }, () => {
  for (const dashboard of dashboards) {
    const file = new URL(`../grafana/dashboards/${dashboard.uid}.json`, import.meta.url)
    writeFileSync(file, dashboardFile(dashboard))
  }
  console.log(`Wrote ${dashboards.length} dashboards to deploy/grafana/dashboards.`)
})
