const a = [*c]allowzero u8;
