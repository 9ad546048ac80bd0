"""Names for made-up households: those that Britain's children's services meet, of many origins, commonest first."""


def _words(text: str) -> list[str]:
    return text.split()


FEMALE = _words(
    "Olivia Amelia Isla Ava Mia Grace Lily Emily Sophie Ella Jessica Chloe Charlotte Lucy Ruby Evie Poppy Freya Alice "
    "Daisy Sienna Florence Matilda Phoebe Maya Fatima Aisha Maryam Zara Zainab Khadija Amina Hafsa Safiya Yasmin Noor "
    "Layla Ayesha Priya Anjali Simran Jasleen Harpreet Deepa Kavita Meera Natalia Katarzyna Agnieszka Zofia Maja "
    "Julia Oksana Svetlana Elena Maria Ioana Andreea Eleni Sofia Chloé Zoë Siobhán Niamh Aoife Caitlin Erin Rhiannon "
    "Carys Megan Seren Eilidh Ailsa Morag Catherine Katherine Elizabeth Margaret Susan Patricia Jennifer Sarah "
    "Rebecca Rachel Hannah Laura Gemma Kelly Donna Tracey Sharon Michelle Lisa Karen Joanne Victoria Samantha "
    "Stephanie Natalie Danielle Kirsty Stacey Kayleigh Jade Shannon Chelsea Tia Ngozi Chidinma Adaeze Folasade "
    "Oluwaseun Titilayo Abena Akosua Amara Wanjiku Nia Thandiwe Mei Xin Ling Hui Minji Soo-Jin Yuki Thi Linh Gabriela "
    "Beatriz Camila Valentina"
)
MALE = _words(
    "Oliver George Arthur Noah Muhammad Leo Oscar Harry Archie Jack Henry Charlie Freddie Theo Theodore Jacob Alfie "
    "Joshua William Thomas James Ethan Lucas Max Isaac Alexander Samuel Joseph Edward Benjamin Daniel Logan Mason "
    "Mohammed Mohammad Ahmed Ali Yusuf Ibrahim Omar Hamza Bilal Hassan Hussain Imran Tariq Abdullah Zayn Arjun Rohan "
    "Aarav Vikram Sanjay Gurpreet Harjit Manpreet Piotr Jakub Tomasz Krzysztof Michal Mateusz Andrei Dmitri Ivan "
    "Sergei Mihai Stefan Giorgos Nikos Seán Liam Cillian Conor Callum Finlay Rhys Dylan Owain Gethin Hamish Angus "
    "Ewan David Paul Mark Andrew Stephen Steven Richard Robert Peter Michael Christopher Matthew Anthony Darren Lee "
    "Wayne Gary Craig Dean Jason Ryan Adam Jamie Scott Kieran Jordan Connor Tyler Kai Chukwuemeka Obinna Tunde "
    "Oluwatobi Kwame Kofi Kwasi Tendai Themba Wei Jun Hao Minjun Jisoo Kenji Minh Duc Rafael Mateo Diego Thiago"
)
FAMILY = _words(
    "Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Robinson Thompson Wright Walker "
    "White Edwards Hughes Green Hall Lewis Harris Clarke Patel Jackson Wood Turner Martin Cooper Hill Ward Morris "
    "Moore Clark Lee King Baker Harrison Morgan Allen James Scott Phillips Watson Davis Parker Price Bennett Young "
    "Griffiths Mitchell Kelly Cook Carter Richardson Bailey Collins Bell Shaw Murphy Miller Cox Richards Khan "
    "Marshall Anderson Simpson Ellis Adams Singh Begum Wilkinson Foster Chapman Powell Webb Rogers Gray Mason Ali "
    "Hunt Hussain Campbell Matthews Owen Palmer Holmes Mills Barnes Knight Lloyd Butler Russell Barker Fisher Stevens "
    "Jenkins Murray Dixon Harvey Graham Pearson Ahmed Fletcher Walsh Kaur Gibson Howard Andrews Stewart Elliott "
    "Reynolds Saunders Payne Fox Ford Pearce Day Brooks West Lawrence Cole Atkinson Bradley Spencer Gill Dawson Watts "
    "Burton O'Brien O'Connor Byrne Okafor Adeyemi Bello Nwosu Mensah Owusu Boateng Mwangi Ncube Nowak Kowalski "
    "Wiśniewski Wójcik Kamiński Zieliński Popescu Ionescu Ivanov Petrov Kovalenko Papadopoulos Nikolaidis Rahman Miah "
    "Chowdhury Akhtar Malik Mahmood Shah Sharma Verma Gupta Desai Mehta Sandhu Dhillon Chen Wang Zhang Liu Kim Park "
    "Nguyen Tran Silva Santos Pereira Garcia Rodriguez Fernandez Müller Schmidt Rossi Ferrari Hart Pryce Malik-Reid "
    "Osborne Whitlock Ndlovu"
)
SCRIPTS = {
    "Natalia": "Наталья",
    "Oksana": "Оксана",
    "Svetlana": "Светлана",
    "Elena": "Елена",
    "Dmitri": "Дмитрий",
    "Ivan": "Иван",
    "Sergei": "Сергей",
    "Andrei": "Андрей",
    "Ivanov": "Иванов",
    "Petrov": "Петров",
    "Kovalenko": "Коваленко",
    "Eleni": "Ελένη",
    "Giorgos": "Γιώργος",
    "Nikos": "Νίκος",
    "Papadopoulos": "Παπαδόπουλος",
    "Muhammad": "محمد",
    "Mohammed": "محمد",
    "Mohammad": "محمد",
    "Ahmed": "أحمد",
    "Ali": "علي",
    "Hassan": "حسن",
    "Omar": "عمر",
    "Fatima": "فاطمة",
    "Maryam": "مريم",
    "Khan": "خان",
    "Malik": "مالك",
    "Priya": "प्रिया",
    "Rohan": "रोहन",
    "Sharma": "शर्मा",
    "Verma": "वर्मा",
    "Minjun": "민준",
    "Kim": "김",
}
SPELLINGS = {
    "Muhammad": ("Mohammed", "Mohamed", "Muhammed", "Mohammad"),
    "Mohammed": ("Muhammad", "Mohamed", "Mohammad"),
    "Ahmed": ("Ahmad", "Ahmet"),
    "Hussain": ("Hussein", "Husain", "Hossain"),
    "Yusuf": ("Yousef", "Youssef", "Yousuf"),
    "Aisha": ("Ayesha", "Aysha", "Aicha"),
    "Fatima": ("Fatimah", "Fatema"),
    "Zainab": ("Zaynab", "Zeinab"),
    "Natalia": ("Nataliya", "Natalya"),
    "Sergei": ("Sergey", "Serghei"),
    "Dmitri": ("Dmitry", "Dimitri", "Dmytro"),
    "Siobhán": ("Siobhan", "Shivaun", "Chevonne"),
    "Niamh": ("Neve", "Niav"),
    "Seán": ("Sean", "Shaun", "Shawn"),
    "Catherine": ("Katherine", "Kathryn", "Catharine"),
    "Katherine": ("Catherine", "Kathryn"),
    "Stephen": ("Steven", "Stephan"),
    "Tracey": ("Tracy",),
    "Rahman": ("Rehman", "Rahmaan"),
    "Wójcik": ("Wojcik",),
    "Smith": ("Smyth",),
    "Clarke": ("Clark",),
    "Chowdhury": ("Choudhury", "Chaudhry"),
}
TOWNS = ("Exampleford", "Larchester", "Marlow Hythe", "Saltby", "Netherwick", "Ashcombe", "Pendle Cross", "Tarnside")
STREETS = (
    "Larch Court",
    "Station Road",
    "Church Lane",
    "Mill Street",
    "Victoria Road",
    "High Street",
    "Park Avenue",
    "The Green",
    "Kings Way",
    "Elm Grove",
    "Chapel Street",
    "School Lane",
    "North Parade",
    "Meadow View",
    "Canal Side",
    "Bridge Street",
    "Albert Terrace",
    "Oak Drive",
)
