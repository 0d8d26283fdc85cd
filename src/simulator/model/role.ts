// What a user may do: a Monitor looks, a Copy Operator runs FlashCopy but creates nothing, the others may do everything.

export type Role = 'Monitor' | 'CopyOperator' | 'Administrator' | 'SecurityAdmin';
