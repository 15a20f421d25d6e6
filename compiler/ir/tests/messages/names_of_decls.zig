const a = @"";
const b = @"a\x00";
const @"" = @"\q";
