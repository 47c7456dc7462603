import { stringify } from 'yaml'
import type { Choreography } from '../choreography.ts'
import { asyncApi } from './asyncapi.ts'

/** The AsyncAPI document as YAML. */
export const asyncApiYaml = (model: Choreography, version: string): string =>
  stringify(asyncApi(model, version), { lineWidth: 120, aliasDuplicateObjects: false })
