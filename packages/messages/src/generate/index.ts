/**
 * Everything that is generated from a language: the AsyncAPI document, the snapshots of its schemas, and the page of
 * diagrams.
 */
export { asyncApiDocument } from './asyncapi.ts'
export { type ChoreographyPage, choreographyPage, type Story } from './choreography-page.ts'
export { exampleOf } from './example.ts'
export { flowchart, stateDiagram } from './mermaid.ts'
export { nameSchemas } from './named-schemas.ts'
export { brokenPromises, type Files, schemaSnapshots, unpublished } from './schema-snapshots.ts'
