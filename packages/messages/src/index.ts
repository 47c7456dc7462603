/** The kit of a language: definition, versions, sealing and encoding of messages, and the model of a choreography. */
export { messagesAtMost } from './causality.ts'
export { checkChoreography, checkCompensations } from './check-choreography.ts'
export { checkLifecycle } from './check-lifecycle.ts'
export { checkServiceNames } from './check-names.ts'
export {
  answererOf,
  type Choreography,
  consumersOf,
  inboxTypes,
  publisherOf,
  type ServiceModel,
  type Work,
} from './choreography.ts'
export { asDecoded, type Decoded } from './codec.ts'
export { contentHash } from './content-hash.ts'
export {
  type Catalog,
  type Definition,
  event,
  internal,
  isUniquePerSubject,
  type MessageKind,
  newestSchema,
  newestVersion,
  task,
  withVersion,
} from './definition.ts'
export { contentType, type Draft, type Message, type Origin, type Subject, type TraceContext } from './envelope.ts'
export { messageId } from './ids.ts'
export { maxBodyBytes } from './json-body.ts'
export {
  type DataIn,
  type DraftIn,
  defineLanguage,
  type Language,
  type LanguageInfo,
  type LanguageOf,
  type LanguageOptions,
  type MessageIn,
  type TypeIn,
} from './language.ts'
export type { Lifecycle } from './lifecycle.ts'
export { eventsExchange, inboxOf, questionNamesOf } from './names.ts'
export {
  type AnswerIn,
  type AskedIn,
  type Question,
  type Questions,
  question,
  questionContentType,
  readContent,
  writeContent,
} from './question.ts'
export { timeOrderedId } from './time-ordered-id.ts'
export { Undecodable, type UndecodableReason } from './undecodable.ts'
export { prose, text, timestamp, uuid, visible, visibleText } from './values.ts'
export { type PublishVersions, publishVersionsFormat } from './versions.ts'
