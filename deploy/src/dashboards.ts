/** `npm run dashboards`: writes what Grafana loads, deploy/grafana/dashboards/*.json. */
import { writeFileSync } from 'node:fs'
import { dashboards } from './dashboards/all.ts'
import { dashboardFile } from './dashboards/grafana.ts'

for (const dashboard of dashboards) {
  const file = new URL(`../grafana/dashboards/${dashboard.uid}.json`, import.meta.url)
  writeFileSync(file, dashboardFile(dashboard))
}
