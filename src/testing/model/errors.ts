// Errors of model hosts, in the form adapters of real hosts use.
import { FlashCopyError, type ErrorData } from '../../domain/errors.js';

export const hostError = (
  code: string,
  message: string,
  details: ErrorData['details'] = {},
): FlashCopyError => new FlashCopyError({ family: 'host', code, message, details });
