/**
 * Everything that is generated from a language: the AsyncAPI document, the snapshots of its schemas, and the page of
 * diagrams.
 */
export { asyncApiDocument } from './asyncapi.ts'
export { type ChoreographyPage, choreographyPage, type Scenario } from './choreography-page.ts'
export { exampleOf } from './example.ts'
export { integerFormat } from './integer-format.ts'
export { flowchart, stateDiagram } from './mermaid.ts'
export { extractTitledSchemas } from './named-schemas.ts'
export { changedContracts, type Files, schemaSnapshots, unpublishedSnapshots } from './schema-snapshots.ts'
