/** English text averages about four characters a token; the real count is the model's own. */
export const CHARACTERS_PER_TOKEN = 4;

export const estimateTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
