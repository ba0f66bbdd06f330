//! Arrays that have a type for each position (`prefixItems`), as Rust tuples.

use super::{Data, Slot, Tuple, View, read::Reader, tape::At};

macro_rules! tuples {
    ($($len:literal: $($ty:ident $index:tt)*;)*) => {$(
        impl<$($ty: Data),*> Data for ($($ty,)*) {
            fn decode(reader: &Reader<'_>, at: At) -> Self {
                let items = reader.positions(at, $len);
                let mut items = items.into_iter().flatten();
                // What follows on a failure would be blank.
                ($(items.next().filter(|_| !reader.has_failed()).map_or_else($ty::blank, |it| {
                    $ty::decode(reader, it)
                }),)*)
            }
            fn blank() -> Self {
                ($($ty::blank(),)*)
            }
            fn view(&self) -> View<'_> {
                View::Tuple(self)
            }
        }

        impl<$($ty: Data),*> Tuple for ($($ty,)*) {
            fn len(&self) -> usize {
                $len
            }
            fn get(&self, index: usize) -> Option<&dyn Slot> {
                match index {
                    $($index => Some(&self.$index),)*
                    _ => None,
                }
            }
        }
    )*};
}

tuples! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    9: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    10: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
    11: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    12: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
}
