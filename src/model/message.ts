/** One turn of a chat, in the canonical form that every dialect encodes from. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}
