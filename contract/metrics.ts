/** CloudWatch metrics: the functions and the state machine write them, alarms and operators read them. */

/** Value of the dimension `service`, which every metric of a function has; the namespace is the project's name. */
export const METRIC_SERVICE = 'assistant';

export const METRICS = {
  /** Count; like the latency and the tokens, of the region as a whole and by `tier`, `source` and `model`. */
  answers: 'Answers',
  /**
   * 1 for a caller's answer without a model, or that broke off in its middle, 0 for one with, none where its caller alone
   * can have brought it about: its average is the share of callers without one, since each request counts once.
   */
  noModelAnswer: 'NoModelAnswer',
  /** Count of streams that broke off in the middle of their answer, and could not go on, by `tier`. */
  interruptedAnswers: 'InterruptedAnswers',
  /** The same as `noModelAnswer` of the canary's questions, which alone decide about failover: no caller can bring it about. */
  canaryUnanswered: 'CanaryUnanswered',
  /** Milliseconds of the call that answered. */
  modelLatency: 'ModelLatency',
  /** Percent of the time until its tier's deadline that an answer took; a stream, whose caller reads along, has none. */
  deadlineUsed: 'DeadlineUsed',
  inputTokens: 'InputTokens',
  outputTokens: 'OutputTokens',
  /** Count of answers that the guardrail stopped or masked, or whose question it did, by `tier`. */
  guardrailInterventions: 'GuardrailInterventions',
  /** Count of attempts after the first, by `model`. */
  retries: 'Retries',
  /** Count, by `model` and the phase that the circuit went `to`. */
  circuitTransitions: 'CircuitTransitions',
  /** Count of requests that a tier handed on, by `tier` and `reason`. */
  fallbackReasons: 'FallbackReasons',
  /** Count of failures that do not pass by themselves, and that no caller has brought about: somebody has to act. */
  attention: 'ModelNeedsAttention',
  /**
   * The same of what callers can bring about, by what they ask or by how much; and of questions that no model answers,
   * or at which a tier of a stream failed itself.
   */
  questionsAttention: 'QuestionsNeedAttention',
  /** Count of requests that were refused because their caller's tokens of the day are spent. */
  tokensSpent: 'DailyTokensSpent',
  /** Count of requests whose caller's tokens could not be looked up, or counted: they were served all the same. */
  usageFailures: 'UsageFailures',
  /** Count of reads and writes of circuits that failed: each instance goes by what it finds out by itself. */
  circuitStoreFailures: 'CircuitStoreFailures',
  /** Of the table of conversations: a question was answered without what was said before, or was not kept. */
  conversationFailures: 'ConversationFailures',
  /** Count of polls for rules that failed, or brought rules that cannot be read: those known before stay in force. */
  configurationFailures: 'ConfigurationFailures',
  /** Count of answers for which even the degradation function failed. */
  lastResort: 'LastResortAnswers',
} as const;
