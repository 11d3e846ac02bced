/** Something only the operator can put right. Its message is the whole answer: one line, then exit code 1. */
export class Refusal extends Error {}
