// Colours for terminals only. Promise: what is piped, logged by a CI or kept in a file holds no escape sequences, also where FORCE_COLOR or CI is set.
import pc from 'picocolors';

export const colours = pc.createColors(process.stdout.isTTY ? pc.isColorSupported : false);
