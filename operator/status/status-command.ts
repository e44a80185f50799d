import type { Command } from 'commander';
export const statusCommand = (command: Command): Command => command;
