/** The generated files of a deployment. */
import { serviceNames } from '@quadrille/events'
import { composed, composedFiles } from './compose/files.ts'
import { dashboards } from './dashboards/all.ts'
import { dashboardFile } from './dashboards/grafana.ts'
import { demoDefinitions } from './definitions.ts'

/** Their texts by their paths in the repository. */
export const deploymentFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...composedFiles.map((file) => [file, composed(file, serviceNames)] as const),
    ['deploy/rabbitmq/definitions.json', demoDefinitions()],
    ...dashboards.map(
      (dashboard) => [`deploy/grafana/dashboards/${dashboard.uid}.json`, dashboardFile(dashboard)] as const,
    ),
  ])
